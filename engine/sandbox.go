package engine

import (
	"fmt"
	"reflect"
	"text/template"
)

// maxWork bounds what the functions and loops of one rendering handle
// together, in bytes. A hostile template ends after some milliseconds.
const maxWork = 1 << 20

// Each call counts as so many bytes at least, each round of a loop too, and
// each node of the tree in it.
const (
	callWork  = 16
	roundWork = 48
	nodeWork  = 8
)

// root is what $ stands for: the fields that the template names, and under an
// impossible name the scope. Calls of functions are given it when a template
// is parsed.
type root map[string]any

const scopeKey = "\x00scope"

func newRoot(s *scope, names []string) root {
	r := make(root, len(names)+1)
	for _, name := range names {
		f, _ := fieldNamed(name)
		r[name] = s.value(f)
	}
	r[scopeKey] = s
	return r
}

func (r root) scope() *scope { return r[scopeKey].(*scope) }

// spend takes work from what is left for this rendering.
func (s *scope) spend(work int) error {
	if work > s.work {
		s.work = 0
		return errTooMuch
	}
	s.work -= work
	return nil
}

// eachName is the function through which every loop passes its list. It
// is not in the table, so no template can call it.
const eachName = "_each"

// eachEntry lets loops run over lists and maps only, and counts their rounds
// of so much work each. (text/template also loops over numbers, however large.)
func eachEntry(r root, work int, list any) (any, error) {
	v := reflect.ValueOf(list)
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		return list, r.scope().spend(v.Len() * work)
	case reflect.Invalid:
		return nil, nil
	}
	return nil, fmt.Errorf("range needs a list")
}

// base holds the functions; every template shares it. A variable or group that
// is not set is "".
var base = template.New("").Funcs(funcMap()).Option("missingkey=zero")

func funcMap() template.FuncMap {
	m := template.FuncMap{eachName: eachEntry}
	for _, f := range functions {
		if f.call != nil {
			m[f.Name] = guarded(f)
		}
	}
	return m
}

// guarded wraps a function so that it takes the root first and keeps the
// limits. text/template sees the argument types of the function itself.
func guarded(f Function) any {
	fn := reflect.ValueOf(f.call)
	t := fn.Type()
	in := []reflect.Type{reflect.TypeFor[root]()}
	own := t.NumIn() > 0 && t.In(0) == in[0] // takes the root itself
	for i := range t.NumIn() {
		if i > 0 || !own {
			in = append(in, t.In(i))
		}
	}
	out := []reflect.Type{t.Out(0), reflect.TypeFor[error]()}
	wrapper := reflect.FuncOf(in, out, t.IsVariadic())
	return reflect.MakeFunc(wrapper, func(args []reflect.Value) []reflect.Value {
		r := args[0].Interface().(root)
		if err := admit(r.scope(), f.guard, args[1:]); err != nil {
			return failed(t.Out(0), err)
		}
		if !own {
			args = args[1:]
		}
		return finished(r.scope(), call(fn, args))
	}).Interface()
}

func call(fn reflect.Value, args []reflect.Value) []reflect.Value {
	if fn.Type().IsVariadic() {
		return fn.CallSlice(args)
	}
	return fn.Call(args)
}

// admit checks and counts the arguments before a call.
func admit(s *scope, g guard, args []reflect.Value) error {
	size := 0
	for _, arg := range args {
		size += sizeOf(arg, maxRendered)
	}
	if size > maxRendered {
		return errTooLong
	}
	work := callWork + size
	if g != nil {
		grown, more := g(args)
		if grown > maxRendered {
			return errTooLong
		}
		work += grown + more
	}
	return s.spend(work)
}

// finished checks the result of a call. Nothing at all becomes "".
func finished(s *scope, results []reflect.Value) []reflect.Value {
	result := results[0]
	if len(results) > 1 && !results[1].IsNil() {
		return results
	}
	if result.Kind() == reflect.Interface && result.IsNil() {
		empty := reflect.New(result.Type()).Elem()
		empty.Set(reflect.ValueOf(""))
		return []reflect.Value{empty, noError}
	}
	size := sizeOf(result, maxRendered)
	if size > maxRendered {
		return failed(result.Type(), errTooLong)
	}
	if err := s.spend(size); err != nil {
		return failed(result.Type(), err)
	}
	return []reflect.Value{result, noError}
}

var noError = reflect.Zero(reflect.TypeFor[error]())

func failed(t reflect.Type, err error) []reflect.Value {
	e := reflect.New(reflect.TypeFor[error]()).Elem()
	e.Set(reflect.ValueOf(err))
	return []reflect.Value{reflect.Zero(t), e}
}

// sizeOf estimates the bytes of a value, lists and maps with all that is in
// them. It stops counting beyond limit.
func sizeOf(v reflect.Value, limit int) int {
	switch v.Kind() {
	case reflect.String:
		return v.Len()
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return 1
		}
		return sizeOf(v.Elem(), limit)
	case reflect.Slice:
		size := 1
		for i := 0; i < v.Len() && size <= limit; i++ {
			size += 1 + sizeOf(v.Index(i), limit-size)
		}
		return size
	case reflect.Map:
		size := 1
		for it := v.MapRange(); size <= limit && it.Next(); {
			size += sizeOf(it.Key(), limit) + sizeOf(it.Value(), limit)
		}
		return size
	}
	return 8
}
