package engine

import (
	"maps"
	"slices"
	"time"

	"wereply/rules"
	"wereply/wechat"
)

// At gives the conversation as it is at a time in Unix seconds: without state
// and vars once they have expired. Variables that were remembered outside any
// state have no expiry.
func (c Conversation) At(now int64) Conversation {
	if c.Expires != 0 && now >= c.Expires {
		c.State, c.Vars, c.Expires = "", nil, 0
	}
	return c
}

// Apply gives the conversation after the effects of a decision for a message
// of that time in Unix seconds. The receiver's maps are not changed.
func (c Conversation) Apply(f Effects, now int64) Conversation {
	if f.Forget {
		return Conversation{}
	}
	c = c.At(now)
	c.Vars = withVars(c.Vars, f)
	switch f.Goto {
	case "":
	case rules.GotoEnd:
		c.State, c.Vars, c.Expires = "", nil, 0
	default:
		c.State, c.Expires = f.Goto, f.Expires
	}
	if f.Cooldown > now {
		c.Cooldowns = withCooldown(c.Cooldowns, f, now)
	}
	return c
}

// withVars gives vars with what the effects remember, or vars itself where
// that is nothing. Rules name no more variables than a conversation holds, so
// there are too many only when rules were changed in the middle of it: then
// older ones go.
func withVars(vars map[string]string, f Effects) map[string]string {
	if len(f.Remember) == 0 {
		return vars
	}
	merged := make(map[string]string, len(vars)+len(f.Remember))
	maps.Copy(merged, vars)
	for _, v := range f.Remember {
		merged[v.Path] = v.Value
	}
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		if len(merged) <= rules.MaxVars {
			break
		}
		if !slices.ContainsFunc(f.Remember, func(v wechat.Field) bool { return v.Path == name }) {
			delete(merged, name)
		}
	}
	return merged
}

// withCooldown adds a cooldown and leaves out those that are over, which bounds
// the map by the rules that fired of late.
func withCooldown(cooldowns map[string]int64, f Effects, now int64) map[string]int64 {
	kept := make(map[string]int64, len(cooldowns)+1)
	for id, until := range cooldowns {
		if until > now {
			kept[id] = until
		}
	}
	kept[f.RuleID] = f.Cooldown
	return kept
}

// after gives the Unix second d after now, the next whole one.
func after(now int64, d time.Duration) int64 {
	return now + int64((d+time.Second-1)/time.Second)
}
