package rules

import "gopkg.in/yaml.v3"

// flow reads a list or mapping in brackets.
func (s *scanner) flow() *yaml.Node {
	if s.depth++; s.depth > maxScanDepth {
		return nil
	}
	defer func() { s.depth-- }()
	kind, end := yaml.SequenceNode, byte(']')
	if s.text[s.pos] == '{' {
		kind, end = yaml.MappingNode, '}'
	}
	n, mark := s.node(kind, yaml.FlowStyle), len(s.stack)
	for {
		s.pos++
		if kind == yaml.MappingNode && !s.flowKey() {
			return nil
		}
		value := s.flowValue()
		if value == nil || !s.flowSpace() {
			return nil
		}
		s.stack = append(s.stack, value)
		switch s.text[s.pos] {
		case ',':
		case end:
			s.pos++
			return s.adopt(n, mark)
		default:
			return nil
		}
	}
}

// flowKey reads a key, which must have its value on the same line.
func (s *scanner) flowKey() bool {
	if !s.flowSpace() {
		return false
	}
	key := s.key(true)
	if key == nil {
		return false
	}
	s.stack = append(s.stack, key)
	return s.pos < len(s.text) && s.text[s.pos] == ' '
}

func (s *scanner) flowValue() *yaml.Node {
	if !s.flowSpace() {
		return nil
	}
	if c := s.text[s.pos]; c == '[' || c == '{' {
		return s.flow()
	}
	return s.scalar(true)
}

// flowSpace skips spaces and line breaks; there must be something behind them.
func (s *scanner) flowSpace() bool {
	for s.pos < len(s.text) && s.text[s.pos] == ' ' {
		s.pos++
	}
	if s.pos < len(s.text) && s.text[s.pos] == '\n' && !s.nextLine() {
		return false
	}
	return s.pos < len(s.text)
}
