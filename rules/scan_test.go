package rules

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

// checkScan reports whether the scanner reads the file; then it must read what
// yaml.v3 reads.
func checkScan(t *testing.T, data []byte) bool {
	t.Helper()
	r := &reader{src: newSource(data)}
	if !r.checkCharacters() {
		return false
	}
	a := newArena()
	a.reset(len(data))
	got := scan(data, a)
	if got == nil {
		return false
	}
	want, err := parseYAML(data)
	if err != nil || want == nil {
		t.Fatalf("yaml.v3 does not read %q: %v", data, err)
	}
	sameNodes(t, data, got, want)
	return true
}

// sameNodes compares all but comments, and tags as far as anybody asks for them.
func sameNodes(t *testing.T, data []byte, got, want *yaml.Node) {
	t.Helper()
	if isNull(want) || want.Tag == "!!merge" {
		t.Fatalf("%s was read in %q", want.Tag, data)
	}
	if got.Kind != want.Kind || got.Style != want.Style || got.Value != want.Value || got.Line != want.Line || got.Column != want.Column ||
		want.Anchor != "" || len(got.Content) != len(want.Content) {
		t.Fatalf("in %q:\ngot  %+v\nwant %+v", data, *got, *want)
	}
	for i := range got.Content {
		sameNodes(t, data, got.Content[i], want.Content[i])
	}
}

// scanSeeds are files, good and bad.
func scanSeeds(t testing.TB) (files [][]byte) {
	for _, folder := range []string{"bad", "good"} {
		for _, name := range ruleFiles(t, folder) {
			if data := readFile(t, name); len(data) > 0 {
				files = append(files, data)
			}
		}
	}
	return files
}

func FuzzScan(f *testing.F) {
	for _, data := range scanSeeds(f) {
		f.Add(data)
	}
	f.Add([]byte("k:k: \r"))
	f.Fuzz(func(t *testing.T, data []byte) { checkScan(t, data) })
}

// What rule files usually are must not need yaml.v3.
func TestScanReads(t *testing.T) {
	for _, text := range []string{
		"rules:\n  - name: 价格\n    when: {keyword: [价格, \"多少钱\", {exact: 1}]}\n    unless: {keyword: 不问价格}\n    reply: 全场 9.9 元起，欢迎\n",
		"rules:\n- reply: a#b  # why\n\n# between\n-   reply: 'it''s'",
		"rules:\r\n  - when:\r\n      - event: CLICK\r\n      - keyword:\r\n          - 甲\r\n          - 乙\r\n    reply: \"一\\n二\\t\\\"三\\\"\\\\\"\r\n",
		"a:\n  - text: |\n      一\n        二\n\n      三\n\n  - text: |-\n     x\n  - |+\n    x\n\nb : [a,\n  b,\n  {c: -1}\n ]\n",
		"a: # below\n    b: https://example.com/?a=b,c#d\n    \"c d\": -1\n",
	} {
		if !checkScan(t, []byte(text)) {
			t.Errorf("given up: %q", text)
		}
	}
}

// Whatever a text is that is made of the signs of YAML, or becomes of a good
// file by small changes, the scanner reads what yaml.v3 reads, or gives up.
func TestScanGenerated(t *testing.T) {
	signs := strings.Split(`a 价格 -_ - :_ : :~ ~ ~__ ~____ ~-_ ~__-_ ' " { } [ ] ,_ , _ __ _# #_x | |- |+ \n \ ? ! & * > % --- ~---~ ... null << k:_ k:_v ~k:_v ~__k:_v '' "x" 'y' @ `+"` \r~ \t \uFEFF \u00a0", " ")
	for i := range signs {
		signs[i] = strings.NewReplacer("_", " ", "~", "\n").Replace(signs[i])
	}
	files := scanSeeds(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	sign := func() string { return signs[rng.IntN(len(signs))] }
	read := 0
	for range 20_000 {
		made := []byte("k: ")
		for range rng.IntN(12) {
			made = append(made, sign()...)
		}
		changed := changedPart(rng, files[rng.IntN(len(files))], sign)
		for _, data := range [][]byte{made, changed} {
			if checkScan(t, data) {
				read++
			}
		}
	}
	if read < 2_000 {
		t.Errorf("only %d were read", read)
	}
}

// changedPart takes some lines of a file and puts signs in or leaves some out.
func changedPart(rng *rand.Rand, file []byte, sign func() string) []byte {
	from := rng.IntN(len(file))
	_, part, _ := bytes.Cut(file[from:min(from+rng.IntN(300), len(file))], []byte("\n"))
	part = append([]byte("k:\n"), part...)
	for range rng.IntN(4) {
		at := rng.IntN(len(part))
		if rng.IntN(2) == 0 || len(part) < 5 {
			part = slices.Insert(part, at, []byte(sign())...)
		} else {
			part = slices.Delete(part, at, min(at+1+rng.IntN(3), len(part)))
		}
	}
	return part
}
