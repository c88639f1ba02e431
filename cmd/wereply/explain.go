package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wereply/engine"
	"wereply/rules"
	"wereply/wechat"
)

type explainFlags struct {
	push      pushFlags
	account   string
	state, at string
	vars      []string
	cooldowns []string
	all       bool
	format    *choice
}

func (c *cli) explainCommand() *cobra.Command {
	f := explainFlags{format: oneOf("text", "json")}
	cmd := &cobra.Command{
		Use:   "explain [DIR] --text TEXT",
		Short: "show which rule answers, what it says, and why others do not",
		Long: `explain says what the bot would answer to one push, by which rule, and why the near
misses did not answer: the first condition of each that did not hold, or that a rule
above it answers. With --all it lists every rule that was tried before. Nothing is
sent and no bot needs to run.`,
		Example: `  wereply explain --text 多少钱
  wereply explain --event SCAN --event-key 123 --all
  wereply explain --text 张三 --state signup.name --var city=上海`,
		Args: oneDir,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.explain(cmd, botDir(args), &f)
		},
	}
	f.push.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.account, "account", "", "the account, if the bot has several")
	flags.StringVar(&f.state, "state", "", "the state that the user's conversation is in")
	flags.StringArrayVar(&f.vars, "var", nil, "what the conversation remembers, as name=value; may be repeated")
	flags.StringArrayVar(&f.cooldowns, "cooldown", nil, "a rule that holds back for this user, by its name or file:line; may be repeated")
	flags.StringVar(&f.at, "at", "", `when, in the bot's time zone: "2026-01-07 12:00" (default: now)`)
	flags.BoolVar(&f.all, "all", false, "list every rule that was tried before the answer")
	flags.Var(f.format, "format", "how to print: text or json")
	return cmd
}

func (c *cli) explain(cmd *cobra.Command, dir string, f *explainFlags) error {
	bot, err := rules.Load(dir, rules.Options{Env: c.env})
	if err != nil {
		return c.inDir(dir, err)
	}
	account, err := chooseAccount(bot.Accounts, f.account)
	if err != nil {
		return err
	}
	e, problems := engine.Compile(account.Set, profileOf(bot, account))
	if e == nil {
		return c.inDir(dir, problems)
	}
	now, err := parseAt(f.at, bot.Location)
	if err != nil {
		return err
	}
	fields, format, err := f.push.document(c, cmd, account.OriginalID, now)
	if err != nil {
		return err
	}
	if f.at != "" {
		(*fieldList)(&fields).set("CreateTime", fmt.Sprint(now.Unix()))
	}
	m, err := message(fields, format)
	if err != nil {
		return fmt.Errorf("this is no push: %w", err)
	}
	talk, err := f.conversation(m.CreateTime, account.Set.Rules)
	if err != nil {
		return err
	}
	c.warnOfState(f.state, account.Set.Rules)
	x := explanation{dir: dir, message: m, Explanation: e.Explain(m, talk), all: f.all}
	if f.format.value == "json" {
		return writeJSON(c.stdout, x.json())
	}
	x.print(c)
	return nil
}

// chooseAccount is the account of that name, or the only one.
func chooseAccount(accounts []*rules.Account, name string) (*rules.Account, error) {
	if name == "" && len(accounts) == 1 {
		return accounts[0], nil
	}
	var names []string
	for _, a := range accounts {
		if a.Name == name {
			return a, nil
		}
		names = append(names, a.Name)
	}
	list := "the accounts are " + strings.Join(names, ", ")
	if name == "" {
		return nil, &usageError{msg: "the bot has several accounts: say which with --account", hint: list}
	}
	return nil, &usageError{msg: fmt.Sprintf("--account: there is no account %q", name), hint: didYouMean(name, names, "", list)}
}

// parseAt reads a wall clock in the bot's zone, or a time with its own zone.
func parseAt(s string, zone *time.Location) (time.Time, error) {
	if s == "" {
		return time.Now(), nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, nil
		}
	}
	err := usagef("--at: %q is no time", s)
	err.hint = `write it as "2026-01-07 12:00"`
	return time.Time{}, err
}

// conversation is what the flags say of the user's.
func (f *explainFlags) conversation(now int64, list []*rules.Rule) (engine.Conversation, error) {
	var talk engine.Conversation
	if f.state != "" && f.state != rules.StateNone {
		talk.State = f.state
	}
	if talk.State != "" || len(f.vars) > 0 {
		talk.Expires = now + int64(rules.DefaultExpires/time.Second)
		talk.Vars = map[string]string{}
	}
	for _, pair := range f.vars {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return talk, usagef("--var: %q is not of the form name=value", pair)
		}
		talk.Vars[name] = value
	}
	for _, name := range f.cooldowns {
		r, err := ruleByName(list, name)
		if err != nil {
			return talk, err
		}
		if talk.Cooldowns == nil {
			talk.Cooldowns = map[string]int64{}
		}
		talk.Cooldowns[r.ID()] = now + int64(max(r.Extras().Cooldown, time.Second)/time.Second)
	}
	return talk, nil
}

// warnOfState tells of a state that no rule goes to or asks for.
func (c *cli) warnOfState(state string, list []*rules.Rule) {
	if state == "" || state == rules.StateNone {
		return
	}
	known := map[string]bool{}
	for _, r := range list {
		known[r.Extras().Goto] = true
		for _, k := range slices.Concat(r.When, r.Extras().Unless) {
			for _, s := range k.Extras().States {
				known[s] = true
			}
		}
	}
	for _, s := range []string{"", rules.StateNone, rules.StateAny, rules.GotoEnd} {
		delete(known, s)
	}
	if known[state] {
		return
	}
	hint := ""
	if names := slices.Sorted(maps.Keys(known)); len(names) > 0 {
		hint = didYouMean(state, names, "", "the states are "+strings.Join(names, ", "))
	}
	c.warn(fmt.Sprintf("--state: no rule goes to the state %q or asks for it", state), hint)
}

// ruleByName finds a rule by what people call it: its name or file:line.
func ruleByName(list []*rules.Rule, name string) (*rules.Rule, error) {
	var names []string
	for _, r := range list {
		if r.Name == name || fmt.Sprintf("%s:%d", r.Pos().File, r.At.Line) == name {
			return r, nil
		}
		names = append(names, r.Name)
	}
	return nil, &usageError{msg: fmt.Sprintf("--cooldown: there is no rule %q", name), hint: didYouMean(name, names, "", "")}
}

// explanation is an engine's explanation as it is shown.
type explanation struct {
	engine.Explanation
	dir     string
	message *wechat.Message
	all     bool
}

func (x *explanation) print(c *cli) {
	s := c.styleOf(c.stdout)
	if x.Folded != "" && x.Folded != x.message.Content {
		fmt.Fprintf(c.stdout, "text compared: %q\n", x.Folded)
	}
	d := x.Decision
	if d.Rule == nil {
		fmt.Fprintln(c.stdout, "no rule answers")
	} else {
		fmt.Fprintf(c.stdout, "%s answers\n", s.bold(ruleName(x.dir, d.Rule)))
	}
	switch {
	case d.Err != nil:
		fmt.Fprintf(c.stdout, "%s\n", indent("  ", s.red("it fails, so the user gets nothing: "+d.Err.Error())))
	case d.Rule != nil && len(d.Parts) == 0:
		fmt.Fprintln(c.stdout, "  [silent]")
	}
	for _, part := range d.Parts {
		fmt.Fprintln(c.stdout, indent("  ", readablePart(part)))
	}
	for _, effect := range effectWords(d.Effects) {
		fmt.Fprintf(c.stdout, "  %s\n", s.dim(effect))
	}
	x.printTried(c, s)
	x.printLater(c)
}

// printLater lists the rules that would have answered, had not the one above them.
func (x *explanation) printLater(c *cli) {
	for i, r := range x.Later {
		if i == 0 {
			fmt.Fprintln(c.stdout, "fit too, but come later:")
		}
		if i == maxNear && !x.all {
			fmt.Fprintf(c.stdout, "  … and %d more: --all lists every rule\n", len(x.Later)-i)
			break
		}
		fmt.Fprintf(c.stdout, "  %s\n", ruleName(x.dir, r))
	}
}

// maxNear is how many near misses a person looks through.
const maxNear = 10

func (x *explanation) printTried(c *cli, s style) {
	head := "near misses:"
	if x.all {
		head = "tried before:"
	}
	for i, t := range x.trials() {
		if i == 0 {
			fmt.Fprintln(c.stdout, head)
		}
		if i == maxNear && !x.all {
			fmt.Fprintf(c.stdout, "  … and %d more: --all lists every rule\n", len(x.trials())-i)
			break
		}
		fmt.Fprintf(c.stdout, "  %s\n    %s\n", ruleName(x.dir, t.Rule), s.dim(t.Failed))
	}
}

// trials are the rules that are shown: all that were tried, or the near
// misses.
func (x *explanation) trials() []engine.Trial {
	var list []engine.Trial
	for _, t := range x.Tried {
		if t.Rule != x.Decision.Rule && (x.all || t.Near) {
			list = append(list, t)
		}
	}
	return list
}

// readablePart shows one message of an answer.
func readablePart(p engine.Part) string {
	switch {
	case p.Webhook != "":
		text := labelled("webhook " + p.Webhook)
		for _, f := range p.Fallback {
			text += "\n  if it does not answer:\n" + indent("  ", readablePart(f))
		}
		return text
	case p.File != "":
		return readable(p.Reply) + "\n  file: " + p.File
	}
	return readable(p.Reply)
}

// effectWords says what an answer changes of the conversation.
func effectWords(f engine.Effects) []string {
	var words []string
	for _, v := range f.Remember {
		words = append(words, fmt.Sprintf("remembers %s = %q", v.Path, v.Value))
	}
	switch f.Goto {
	case "":
	case rules.GotoEnd:
		words = append(words, "ends the conversation")
	default:
		words = append(words, "goes to state "+f.Goto)
	}
	if f.Cooldown != 0 {
		words = append(words, "then holds back for its cooldown")
	}
	if f.Forget {
		words = append(words, "forgets the user")
	}
	return words
}
