package rules

import "sync"

// Options says how a bot is read.
type Options struct {
	// Env looks up a variable of the environment; nil means os.LookupEnv.
	Env func(string) (string, bool)
	// Secrets tells whether the bot will really run: then a missing variable,
	// secret file or token is an error. Without it (check, test) a value that
	// needs one is taken as not given, so Token may be empty.
	Secrets bool
}

// Loader reads one bot again and again. It keeps what it read, by content, so
// that only changed files are parsed again, and Files and Sets that did not
// change are the same pointers as before. Safe for concurrent use.
type Loader struct {
	dir string
	o   Options
	mu  sync.Mutex
}

// NewLoader returns a Loader of the bot in the folder dir.
func NewLoader(dir string, o Options) *Loader { return &Loader{dir: dir, o: o} }

// Load reads and checks the whole bot. Either everything is right and Bot is
// complete, or Bot is nil and the error is Problems, with every problem that
// was found.
func (l *Loader) Load() (*Bot, error) { return nil, Problems{{Code: "E000", Msg: "provisional"}} }

// Load reads and checks the bot in the folder dir once.
func Load(dir string, o Options) (*Bot, error) { return NewLoader(dir, o).Load() }
