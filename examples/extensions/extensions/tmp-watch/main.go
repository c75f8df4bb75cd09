// Command tmp-watch is a Lambda extension that tells how much a function leaves in /tmp, which its next invocations find there.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
)

// summary is what is told at the end of an environment.
type summary struct {
	Extension   string `json:"extension"`
	Reason      string `json:"reason"`
	Invocations int    `json:"invocations"`
	MostBytes   int64  `json:"mostBytes"`
	WarnBytes   int64  `json:"warnBytes"`
}

func main() {
	// The log of the function has its lines beside those of the runtime.
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatalf("tmp-watch: %v", err)
	}
}

func run() error {
	// The name must be that of the file in /opt/extensions.
	name := filepath.Base(os.Args[0])
	lambda, err := register(name)
	if err != nil {
		return err
	}
	told := summary{Extension: name}
	// The layer lays supporting files into a folder with the extension's name.
	if told.WarnBytes, err = readLimit("/opt/" + name + "/limits.json"); err != nil {
		return errors.Join(err, lambda.initError("Extension.NoLimits", err))
	}
	for {
		// The first call says that the extension has started; every call says that it is done with the event before.
		event, err := lambda.next()
		if err != nil {
			return err
		}
		// The function has got its event as well: what is there is from before, or written meanwhile.
		held := sizeOf("/tmp")
		told.MostBytes = max(told.MostBytes, held)
		switch event.Type {
		case "INVOKE":
			told.Invocations++
			if held > told.WarnBytes {
				log.Printf("tmp-watch: /tmp holds %d bytes, more than %d", held, told.WarnBytes)
			}
		case "SHUTDOWN":
			told.Reason = event.Reason
			return json.NewEncoder(os.Stdout).Encode(told)
		}
	}
}

func readLimit(file string) (int64, error) {
	var limits struct {
		WarnBytes int64 `json:"warnBytes"`
	}
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &limits)
	}
	if err == nil && limits.WarnBytes <= 0 {
		err = fmt.Errorf("%s: warnBytes is %d, but must be more than 0", file, limits.WarnBytes)
	}
	return limits.WarnBytes, err
}

// sizeOf adds up files. Those that the function deletes meanwhile do not count.
func sizeOf(folder string) (sum int64) {
	filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil
		}
		if info, err := entry.Info(); err == nil {
			sum += info.Size()
		}
		return nil
	})
	return sum
}
