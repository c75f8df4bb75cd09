package telemetry

import (
	"context"
	"crypto/rand"
	"errors"
	"math"
	mathrand "math/rand/v2"
	"sync/atomic"
	"time"
)

const (
	attemptTimeout = 10 * time.Second
	firstBackoff   = 200 * time.Millisecond
	maxBackoff     = 5 * time.Second
	// What a destination may ask for with Retry-After.
	maxRetryAfter = 30 * time.Second
	// Between attempts once the environment is about to end.
	lastBackoff = 50 * time.Millisecond
	// A batch that no attempt delivers goes, so that it does not keep all others back: after some two minutes. They are counted in attempts,
	// since a clock would count the time in which the environment is frozen, too.
	maxAttempts = 30
	// A single failure may be of a connection that did not outlive a frozen environment.
	failingAfter = 2
)

// sender delivers batches one after the other: what comes meanwhile waits in the buffer.
type sender struct {
	buffer  *buffer
	metrics *metrics
	sink    sink
	notices *notices
	every   time.Duration

	flushes chan chan struct{}
	hurry   chan struct{}
	ended   chan struct{}
	// How many attempts failed since one did not.
	failures atomic.Int32
	// Since when the oldest waits of what is being sent.
	underway atomic.Pointer[time.Time]
}

func newSender(buffer *buffer, metrics *metrics, sink sink, notices *notices, every time.Duration) *sender {
	return &sender{
		buffer: buffer, metrics: metrics, sink: sink, notices: notices, every: every,
		flushes: make(chan chan struct{}), hurry: make(chan struct{}), ended: make(chan struct{}),
	}
}

// run sends full batches at once, and others when they have waited for their time. It ends with its context; what is left is dropped.
func (s *sender) run(ctx context.Context) {
	defer close(s.ended)
	// Durations of Go's timers are monotonic: a clock that jumps moves none.
	ticker := time.NewTicker(s.every)
	defer ticker.Stop()
	for {
		select {
		case <-s.buffer.full:
			s.sendFull(ctx)
		case <-ticker.C:
			s.sendAll(ctx)
			s.notices.tell(false)
		case sent := <-s.flushes:
			s.sendAll(ctx)
			close(sent)
		case <-ctx.Done():
			s.drop(&batch{chunks: s.buffer.take(math.MaxInt)})
			return
		}
	}
}

// flush waits until all that is there now was sent, or dropped. The result is false when the context ended before.
func (s *sender) flush(ctx context.Context) bool {
	sent := make(chan struct{})
	select {
	case s.flushes <- sent:
	case <-ctx.Done():
		return false
	}
	select {
	case <-sent:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *sender) isFailing() bool { return s.failures.Load() >= failingAfter }

// isDue tells whether something waits for longer than it should, by either clock: while an environment is frozen the monotonic one may stand.
func (s *sender) isDue() bool {
	since := oldest(s.buffer.since(), s.metrics.since())
	if underway := s.underway.Load(); underway != nil {
		since = oldest(since, *underway)
	}
	if since.IsZero() {
		return false
	}
	now := time.Now()
	return max(now.Sub(since), now.Round(0).Sub(since.Round(0))) >= s.every
}

func (s *sender) sendFull(ctx context.Context) {
	for ctx.Err() == nil && s.buffer.hasBatch() {
		if batch := s.next(); batch != nil {
			s.deliver(ctx, batch)
		}
	}
}

// sendAll sends what is there when it begins, not what comes while it is at it: that would be many small batches.
func (s *sender) sendAll(ctx context.Context) {
	waiting := s.buffer.chunks()
	for ctx.Err() == nil {
		batch := s.next()
		if batch == nil {
			return
		}
		waiting -= len(batch.chunks)
		s.deliver(ctx, batch)
		if waiting <= 0 {
			return
		}
	}
}

// next is nil when nothing waits.
func (s *sender) next() *batch {
	next := &batch{chunks: s.buffer.take(s.buffer.batchBytes), metrics: s.metrics.take()}
	if len(next.chunks) == 0 && next.metrics == nil {
		return nil
	}
	// Not one for the environment with a number: environments that are restored from one snapshot would have the same.
	next.id = rand.Text()
	return next
}

func (s *sender) deliver(ctx context.Context, batch *batch) {
	since := batch.since()
	s.underway.Store(&since)
	defer s.underway.Store(nil)
	for attempt := 1; ; attempt++ {
		err := s.attempt(ctx, batch)
		if err == nil {
			s.failures.Store(0)
			s.buffer.release(batch.chunks...)
			return
		}
		s.failures.Add(1)
		if refused := (refusal{}); errors.As(err, &refused) || attempt == maxAttempts {
			s.drop(batch)
			s.notices.failed(err)
			return
		}
		s.notices.failed(err)
		if !s.pause(ctx, attempt, err) {
			s.drop(batch)
			return
		}
	}
}

func (s *sender) attempt(ctx context.Context, batch *batch) error {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	err := s.sink.send(ctx, batch)
	s.buffer.release(batch.delivered...)
	batch.delivered = nil
	return err
}

// drop gives up what is left of a batch. Measurements go with the next one.
func (s *sender) drop(batch *batch) {
	if batch.metrics != nil {
		s.metrics.restore(batch.metrics)
	}
	if events := batch.events(); events > 0 {
		s.metrics.addDropped(events)
		s.notices.addDropped(events)
	}
	s.buffer.release(batch.chunks...)
}

// pause waits before another attempt. The result is false when there is no time for one.
func (s *sender) pause(ctx context.Context, attempt int, err error) bool {
	wait := min(firstBackoff<<min(attempt-1, 10), maxBackoff)
	// All environments of a function meet the same outage, and should not end it together.
	wait = wait/2 + mathrand.N(wait/2)
	if told := (overload{}); errors.As(err, &told) {
		wait = max(wait, min(told.retryAfter, maxRetryAfter))
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	case <-s.hurry:
	}
	select {
	case <-time.After(lastBackoff):
		return true
	case <-ctx.Done():
		return false
	}
}
