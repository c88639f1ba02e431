package engine

import "wereply/rules"

// Lint finds what loads and yet does not do what it seems to: rules that never
// fire. It gives warnings only, each of them proved.
func (e *Engine) Lint() rules.Problems {
	var list rules.Problems
	s := newShadows(e)
	for _, r := range s.list {
		why, is := s.judge(r)
		if is {
			list = append(list, why.problem(r))
			continue
		}
		if k := s.contradicts(r); k != nil {
			list = append(list, &rules.Problem{
				Code: rules.CodeNeverHolds,
				Pos:  rules.Pos{File: r.src.Pos.File, At: k.src.At},
				Rule: r.src.Name,
				Msg:  "this part of when never holds: its conditions contradict each other",
				Hint: "what stands in one mapping must hold all at once",
			})
		}
	}
	return list
}
