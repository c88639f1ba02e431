package server

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"wereply/server/store"
	"wereply/wechat"
)

// metrics is what the server counts. All labels come from names that the
// operator or WeChat's documents know.
type metrics struct {
	registry *prometheus.Registry

	pushes      *prometheus.CounterVec   // account, type, outcome
	repeats     *prometheus.CounterVec   // account
	refused     *prometheus.CounterVec   // account, reason
	decisions   *prometheus.HistogramVec // account
	requests    *prometheus.HistogramVec // account
	rules       *prometheus.GaugeVec     // account
	reloads     *prometheus.CounterVec   // result
	reloadOK    prometheus.Gauge
	reloadTime  prometheus.Gauge
	storeErrors prometheus.Counter
	effectsLost prometheus.Counter
	hits        *hitTable

	mu       sync.Mutex
	accounts map[string]*accountMetrics
}

// accountMetrics are the counters of one account, found once.
type accountMetrics struct {
	name      string
	vec       *prometheus.CounterVec
	pushes    [][outcomeCount]atomic.Pointer[prometheus.Counter] // by typeIndex
	repeats   prometheus.Counter
	decisions prometheus.Observer
	requests  prometheus.Observer
}

// Results of a reload, as a label.
const (
	reloadOK     = "ok"
	reloadFailed = "failed"
)

func newMetrics(st store.Store) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		accounts: map[string]*accountMetrics{},
		hits:     newHitTable(),
	}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return register(m, prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wereply_" + name, Help: help}, labels))
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return register(m, prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "wereply_" + name, Help: help}, labels))
	}
	seconds := func(name, help string, buckets ...float64) *prometheus.HistogramVec {
		return register(m, prometheus.NewHistogramVec(
			prometheus.HistogramOpts{Name: "wereply_" + name, Help: help, Buckets: buckets}, []string{"account"}))
	}
	m.pushes = counter("pushes_total", "Verified pushes by what became of them.", "account", "type", "outcome")
	m.repeats = counter("repeated_pushes_total", "Pushes that WeChat had sent before.", "account")
	m.refused = counter("refused_requests_total", "Requests refused, by the check they did not pass.", "account", "reason")
	m.decisions = seconds("decision_seconds", "Time to find the rule and its reply.",
		1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 1e-3, 1e-2, 0.1, 1)
	m.requests = seconds("request_seconds", "Time from the arrival of a push to its answer.",
		5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 5e-3, 2.5e-2, 0.1, 0.5, 1, 2.5, 4.5, 5, 10)
	m.rules = gauge("rules_loaded", "Rules that answer.", "account")
	m.reloads = counter("reloads_total", "Attempts to take new rules.", "result")
	m.reloadOK = gauge("last_reload_success", "1 if what is on disk is what answers, 0 if it is broken.").WithLabelValues()
	m.reloadTime = gauge("last_reload_success_timestamp_seconds", "When the rules that answer were loaded.").WithLabelValues()
	m.storeErrors = counter("store_errors_total", "Pushes answered without the store.").WithLabelValues()
	m.effectsLost = counter("effects_lost_total", "Answers whose effects on the conversation could not be kept.").WithLabelValues()
	m.reloads.WithLabelValues(reloadOK)
	m.reloads.WithLabelValues(reloadFailed)
	register(m, m.hits)
	if st, ok := st.(*store.Memory); ok {
		register(m, prometheus.NewGaugeFunc(
			prometheus.GaugeOpts{Name: "wereply_conversations", Help: "Users of whom something is kept."},
			func() float64 { return float64(st.Len()) }))
	}
	register(m, collectors.NewGoCollector())
	register(m, collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func register[C prometheus.Collector](m *metrics, c C) C {
	m.registry.MustRegister(c)
	return c
}

// adopt gives the accounts of a new snapshot their counters, the same ones as
// before where there were any, and drops those of accounts that are gone.
func (m *metrics) adopt(snap *snapshot) {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept := make(map[string]*accountMetrics, len(snap.accounts))
	for _, acc := range snap.accounts {
		am := m.accounts[acc.name]
		if am == nil {
			am = m.newAccount(acc.name)
		}
		kept[acc.name], acc.metrics = am, am
		m.rules.WithLabelValues(acc.name).Set(float64(acc.enabled))
	}
	for name := range m.accounts {
		if kept[name] == nil {
			m.forget(prometheus.Labels{"account": name})
		}
	}
	m.accounts = kept
	m.hits.adopt(snap)
}

func (m *metrics) newAccount(name string) *accountMetrics {
	return &accountMetrics{
		name:      name,
		vec:       m.pushes,
		pushes:    make([][outcomeCount]atomic.Pointer[prometheus.Counter], len(typeLabels)),
		repeats:   m.repeats.WithLabelValues(name),
		decisions: m.decisions.WithLabelValues(name),
		requests:  m.requests.WithLabelValues(name),
	}
}

func (m *metrics) forget(labels prometheus.Labels) {
	m.pushes.DeletePartialMatch(labels)
	m.repeats.DeletePartialMatch(labels)
	m.refused.DeletePartialMatch(labels)
	m.decisions.DeletePartialMatch(labels)
	m.requests.DeletePartialMatch(labels)
	m.rules.DeletePartialMatch(labels)
}

// count counts an attempt at a push.
func (a *accountMetrics) count(m *wechat.Message, o outcome, took time.Duration) {
	a.requests.Observe(took.Seconds())
	if o == repeated {
		a.repeats.Inc()
	}
	i := typeIndex(m)
	slot := &a.pushes[i][o]
	c := slot.Load()
	if c == nil {
		counter := a.vec.WithLabelValues(a.name, typeLabels[i], o.String())
		c = &counter
		slot.Store(c)
	}
	(*c).Inc()
}

// typeLabels are the values of the label type: the MsgTypes, then the events,
// each with an "other" for what WeChat does not document.
var (
	typeLabels []string
	typeAt     = map[string]int{} // MsgType → index
	eventAt    = map[string]int{} // event as WeChat writes it → index
)

const (
	otherType  = 0
	otherEvent = 1
)

func init() {
	typeLabels = append(typeLabels, "other", "event/other")
	for _, name := range wechat.MsgTypes() {
		if name != wechat.MsgEvent {
			typeAt[name] = len(typeLabels)
			typeLabels = append(typeLabels, name)
		}
	}
	for _, name := range wechat.Events() {
		eventAt[name] = len(typeLabels)
		typeLabels = append(typeLabels, "event/"+name)
	}
}

func typeIndex(m *wechat.Message) int {
	if m.MsgType != wechat.MsgEvent {
		return typeAt[m.Type()] // otherType if it is not there
	}
	name, known := wechat.KnownEvent(m.Event)
	if !known {
		return otherEvent
	}
	return eventAt[name]
}
