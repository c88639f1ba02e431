package rules

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// MountWarnings names the files of a bot that are mount points of their own,
// as a container gets them from `-v ./rules.yaml:/bot/rules.yaml`. Such a file
// stays what it was when the container started if the host replaces it, as
// most editors do. sources are Bot.Sources. Where the system has no
// /proc/self/mountinfo nothing is said.
func MountWarnings(sources []string) Problems {
	table, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil
	}
	return mountWarnings(sources, string(table))
}

func mountWarnings(sources []string, table string) Problems {
	var problems Problems
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) < 5 {
			continue
		}
		point := unescapeMount(fields[4])
		info, err := os.Stat(point)
		if err != nil || info.IsDir() || !isRuleFile(filepath.Base(point)) || !isSource(point, sources) {
			continue
		}
		problems = append(problems, &Problem{
			Code: CodeMount, Pos: Pos{File: point},
			Msg:  "is mounted as a single file: changes of it may never arrive here",
			Hint: fmt.Sprintf("mount its folder instead: %s", filepath.Dir(point)),
		})
	}
	return problems
}

// isSource tells whether a mount point is one of the sources or in one.
func isSource(point string, sources []string) bool {
	for _, source := range sources {
		real, err := filepath.EvalSymlinks(source)
		if err != nil {
			continue
		}
		if _, below := relativeTo(real, point); below || real == point {
			return true
		}
	}
	return false
}

// unescapeMount undoes the octal escapes of the mount table: space is \040.
func unescapeMount(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+4 <= len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(c))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
