package telemetry

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestBufferDropsTheOldest(t *testing.T) {
	dropped := 0
	b := newBuffer(minBufferBytes, 512<<10, func(events int) { dropped += events })
	const added = 20_000
	for n := range added {
		b.add([]byte(event(n)))
	}
	kept := lines(b.take(minBufferBytes))
	if len(kept)+dropped != added || dropped == 0 {
		t.Fatalf("of %d events %d are kept and %d were dropped", added, len(kept), dropped)
	}
	for i, line := range kept {
		if line != event(dropped+i) {
			t.Fatalf("event %d is %s", i, line)
		}
	}
}

// Whatever comes and goes, the memory of the buffer is within its limit, and every event is kept or counted.
func TestBufferIsBounded(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	added, dropped, taken := 0, 0, 0
	b := newBuffer(minBufferBytes, 512<<10, func(events int) { dropped += events })
	var underway []chunk
	for range 20_000 {
		switch random.IntN(10) {
		case 0:
			if len(underway) == 0 {
				underway = b.take(512 << 10)
			}
		case 1:
			taken += len(lines(underway))
			b.release(underway...)
			underway = nil
		case 2:
			b.add(bytes.Repeat([]byte("y"), random.IntN(maxEventBytes+1000)))
			added++
		default:
			b.add(bytes.Repeat([]byte("x"), 1+random.IntN(2000)))
			added++
		}
		if memory := b.held + len(b.spare)*chunkBytes; memory > minBufferBytes {
			t.Fatalf("%d bytes are held", memory)
		}
	}
	waiting := lines(underway)
	for rest := b.take(1 << 20); len(rest) > 0; rest = b.take(1 << 20) {
		waiting = append(waiting, lines(rest)...)
	}
	if taken+len(waiting)+dropped != added {
		t.Errorf("%d events: %d taken, %d waiting, %d dropped", added, taken, len(waiting), dropped)
	}
}

func TestBufferOfEventsOfAllSizes(t *testing.T) {
	for _, test := range []struct{ bytes, kept int }{{1, 1}, {chunkBytes - 1, 1}, {chunkBytes, 1}, {maxEventBytes, 1}, {maxEventBytes + 1, 0}} {
		t.Run(fmt.Sprint(test.bytes), func(t *testing.T) {
			dropped := 0
			b := newBuffer(minBufferBytes, 512<<10, func(events int) { dropped += events })
			b.add(bytes.Repeat([]byte("x"), test.bytes))
			if kept := lines(b.take(1)); len(kept) != test.kept || dropped != 1-test.kept || (test.kept == 1 && len(kept[0]) != test.bytes) {
				t.Errorf("%d kept, %d dropped", len(kept), dropped)
			}
		})
	}
}

// When what is being sent takes all room, a new event goes: that which is being sent cannot.
func TestBufferThatIsAllUnderway(t *testing.T) {
	dropped := 0
	b := newBuffer(minBufferBytes, 512<<10, func(events int) { dropped += events })
	for n := 0; b.held < minBufferBytes; n++ {
		b.add([]byte(event(n)))
	}
	underway := b.take(2 * minBufferBytes)
	b.add([]byte(event(1)))
	if dropped != 1 {
		t.Errorf("%d dropped", dropped)
	}
	b.release(underway...)
	b.add([]byte(event(2)))
	if kept := lines(b.take(1)); dropped != 1 || len(kept) != 1 {
		t.Errorf("%d dropped, %d kept", dropped, len(kept))
	}
}

func lines(chunks []chunk) (all []string) {
	for _, one := range chunks {
		found := strings.Split(strings.TrimSuffix(string(one.lines), "\n"), "\n")
		if len(found) != one.events {
			panic(fmt.Sprintf("a chunk of %d events has %d lines", one.events, len(found)))
		}
		all = append(all, found...)
	}
	return all
}
