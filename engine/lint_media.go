package engine

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"wereply/rules"
)

// mediaLimit is what WeChat takes as one type of media.
type mediaLimit struct {
	formats []string
	bytes   int64
	size    string
}

// The limits of temporary media (those of permanent media are no lower).
var (
	imageLimit = mediaLimit{[]string{"PNG", "JPEG", "GIF", "BMP"}, 10 << 20, "10 MB"}
	voiceLimit = mediaLimit{[]string{"AMR", "MP3"}, 2 << 20, "2 MB"}
	videoLimit = mediaLimit{[]string{"MP4"}, 10 << 20, "10 MB"}
	thumbLimit = mediaLimit{[]string{"JPEG"}, 64 << 10, "64 KB"}
)

// mediaUses says as what a reply uploads its file.
var mediaUses = map[rules.ReplyKind]struct {
	name  string
	limit mediaLimit
}{
	rules.ReplyImage:           {"an image", imageLimit},
	rules.ReplyVoice:           {"voice", voiceLimit},
	rules.ReplyVideo:           {"a video", videoLimit},
	rules.ReplyMusic:           {"the thumb of music", thumbLimit},
	rules.ReplyMiniProgramPage: {"the thumb of a page", thumbLimit},
}

// lintMedia tells of files that WeChat will not take. That a file is missing is
// told where the bot is read.
func (l *linter) lintMedia(at *leafAt) {
	use, ok := mediaUses[at.Kind]
	if !ok || l.Files == nil || at.Extras().Media.File == "" {
		return
	}
	size, head, err := l.look(at.Extras().Media.File)
	if err != nil {
		return
	}
	format := formatOf(head)
	takes := strings.Join(use.limit.formats, ", ")
	switch {
	case size == 0:
		l.addAt(at, rules.CodeMediaUnfit, fmt.Sprintf("the file %s is empty", at.Extras().Media.File), "")
	case format != "" && !slices.Contains(use.limit.formats, format):
		l.addAt(at, rules.CodeMediaUnfit, fmt.Sprintf("the file %s is %s, whatever its name, and WeChat takes %s as %s", at.Extras().Media.File, format, takes, use.name), "save it in such a format")
	case size > use.limit.bytes:
		l.addAt(at, rules.CodeMediaUnfit, fmt.Sprintf("the file %s has %s, and WeChat takes up to %s as %s", at.Extras().Media.File, inBytes(size), use.limit.size, use.name), "make it smaller")
	}
}

func inBytes(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}

func (l *linter) look(name string) (size int64, head []byte, err error) {
	f, err := l.Files.Open(name)
	if err != nil {
		return 0, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, nil, err
	}
	if !info.Mode().IsRegular() {
		return 0, nil, fs.ErrInvalid
	}
	head = make([]byte, 16)
	n, err := io.ReadFull(f, head)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return info.Size(), head[:n], err
}

// signatures begin the files of a format, from an offset on.
var signatures = []struct {
	format string
	offset int
	bytes  string
}{
	{"PNG", 0, "\x89PNG\r\n"},
	{"JPEG", 0, "\xff\xd8\xff"},
	{"GIF", 0, "GIF8"},
	{"BMP", 0, "BM"},
	{"WebP", 8, "WEBP"},
	{"HEIC", 4, "ftyphei"},
	{"HEIC", 4, "ftypmif1"},
	{"AVIF", 4, "ftypavif"},
	{"QuickTime", 4, "ftypqt"},
	{"M4A", 4, "ftypM4A"},
	{"MP4", 4, "ftyp"},
	{"AMR", 0, "#!AMR"},
	{"MP3", 0, "ID3"},
	{"WAV", 8, "WAVE"},
	{"AVI", 8, "AVI "},
	{"OGG", 0, "OggS"},
	{"FLAC", 0, "fLaC"},
	{"Matroska", 0, "\x1a\x45\xdf\xa3"},
	{"FLV", 0, "FLV"},
	{"PDF", 0, "%PDF"},
	{"ZIP", 0, "PK\x03\x04"},
	{"SVG", 0, "<svg"},
	{"XML", 0, "<?xml"},
	{"HTML", 0, "<!"},
	{"HTML", 0, "<html"},
}

// formatOf names the format of a file by how it begins, "" where that is not
// certain.
func formatOf(head []byte) string {
	for _, s := range signatures {
		if len(head) >= s.offset && bytes.HasPrefix(head[s.offset:], []byte(s.bytes)) {
			return s.format
		}
	}
	if len(head) > 1 && head[0] == 0xff && head[1]&0xe0 == 0xe0 {
		return "MP3"
	}
	return ""
}
