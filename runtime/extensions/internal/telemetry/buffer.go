package telemetry

import (
	"sync"
	"time"
)

const (
	// Events are kept in pieces of this size: no allocation for each event, and a Firehose record that is well filled.
	chunkBytes = 64 << 10
	// What Firehose takes as one record. Other destinations could take more, but Lambda does not send it.
	maxEventBytes = 1000<<10 - 1
)

// chunk is some events, each a JSON text and a line feed.
type chunk struct {
	lines  []byte
	events int
	// When the first of them came.
	since time.Time
}

// buffer keeps events until they are delivered. When it is full the oldest go: what matters most after an outage is how things are now.
type buffer struct {
	// What is sent at a time.
	batchBytes int
	// Gets a value when that much waits.
	full chan struct{}

	mutex sync.Mutex
	limit int
	// Capacity of all chunks, those that are being sent included. It never exceeds the limit.
	held    int
	waiting []chunk
	// Memory of chunks that were delivered. With what is held it never exceeds the limit either.
	spare [][]byte
	drop  func(events int)
}

// newBuffer calls drop for events that it has no room for.
func newBuffer(limit, batchBytes int, drop func(events int)) *buffer {
	return &buffer{limit: limit, batchBytes: batchBytes, full: make(chan struct{}, 1), drop: drop}
}

// add copies an event. It must have no line feed in it.
func (b *buffer) add(event []byte) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if len(event) > maxEventBytes {
		b.drop(1)
		return
	}
	if !b.hasRoom(len(event)+1) && !b.grow(max(chunkBytes, len(event)+1)) {
		b.drop(1)
		return
	}
	last := &b.waiting[len(b.waiting)-1]
	last.lines = append(append(last.lines, event...), '\n')
	last.events++
	if b.isBatchFull() {
		select {
		case b.full <- struct{}{}:
		default:
		}
	}
}

// The last chunk is not counted: it may have room still.
func (b *buffer) isBatchFull() bool { return (len(b.waiting)-1)*chunkBytes >= b.batchBytes }

func (b *buffer) hasRoom(bytes int) bool {
	if len(b.waiting) == 0 {
		return false
	}
	last := b.waiting[len(b.waiting)-1].lines
	return cap(last)-len(last) >= bytes
}

// grow appends an empty chunk, for which the oldest may have to go. There is no room when what is being sent takes it all.
func (b *buffer) grow(bytes int) bool {
	for b.held+bytes > b.limit {
		if len(b.waiting) == 0 {
			return false
		}
		oldest := b.pop(1)[0]
		b.drop(oldest.events)
		b.recycle(oldest)
	}
	var memory []byte
	if n := len(b.spare); bytes == chunkBytes && n > 0 {
		memory, b.spare = b.spare[n-1], b.spare[:n-1]
	} else {
		// A large event takes the place of spare memory, not one beside it.
		for n > 0 && b.held+n*chunkBytes+bytes > b.limit {
			n--
		}
		clear(b.spare[n:])
		b.spare = b.spare[:n]
		memory = make([]byte, 0, bytes)
	}
	b.held += bytes
	b.waiting = append(b.waiting, chunk{lines: memory, since: time.Now()})
	return true
}

func (b *buffer) recycle(old chunk) {
	b.held -= cap(old.lines)
	if cap(old.lines) == chunkBytes {
		b.spare = append(b.spare, old.lines[:0])
	}
}

// take hands over the oldest chunks, up to some bytes but at least one if there is any. They count until they are released.
func (b *buffer) take(bytes int) []chunk {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	n, total := 0, 0
	for n < len(b.waiting) && (n == 0 || total+len(b.waiting[n].lines) <= bytes) {
		total += len(b.waiting[n].lines)
		n++
	}
	return b.pop(n)
}

func (b *buffer) pop(n int) []chunk {
	taken := append([]chunk(nil), b.waiting[:n]...)
	clear(b.waiting[:n])
	b.waiting = b.waiting[n:]
	return taken
}

func (b *buffer) release(chunks ...chunk) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for _, one := range chunks {
		b.recycle(one)
	}
}

func (b *buffer) hasBatch() bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.isBatchFull()
}

// chunks is how many wait.
func (b *buffer) chunks() int {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return len(b.waiting)
}

// since is when the oldest came that waits, or zero.
func (b *buffer) since() time.Time {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if len(b.waiting) == 0 {
		return time.Time{}
	}
	return b.waiting[0].since
}
