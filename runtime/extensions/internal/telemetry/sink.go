package telemetry

import (
	"context"
	"time"
)

// batch is what is sent at a time.
type batch struct {
	// The same in every attempt, so that a destination that knows it keeps one copy.
	id      string
	chunks  []chunk
	metrics *snapshot
	// Chunks of it that arrived already.
	delivered []chunk
}

// keep leaves for the next attempt what did not arrive.
func (b *batch) keep(failed []chunk) {
	left := map[*byte]bool{}
	for _, one := range failed {
		left[&one.lines[0]] = true
	}
	for _, one := range b.chunks {
		if !left[&one.lines[0]] {
			b.delivered = append(b.delivered, one)
		}
	}
	b.chunks = failed
}

// since is when the oldest of it came.
func (b *batch) since() (since time.Time) {
	if b.metrics != nil {
		since = b.metrics.since
	}
	if len(b.chunks) > 0 {
		since = oldest(since, b.chunks[0].since)
	}
	return since
}

// oldest leaves out times that are zero.
func oldest(one, other time.Time) time.Time {
	if one.IsZero() || (!other.IsZero() && other.Before(one)) {
		return other
	}
	return one
}

func (b *batch) events() (n int) {
	for _, one := range b.chunks {
		n += one.events
	}
	return n
}

// sink is a destination.
type sink interface {
	// send delivers a batch, or all but what it leaves in the batch. An error is worth another attempt, unless it is a refusal.
	send(ctx context.Context, batch *batch) error
	// batchBytes is how much is best sent at a time, or 0 when the sink takes no events.
	batchBytes() int
}

// refusal is an error that another attempt would get, too.
type refusal struct{ error }

// overload is an error whose other attempt should wait for as long as the destination says.
type overload struct {
	error
	retryAfter time.Duration
}
