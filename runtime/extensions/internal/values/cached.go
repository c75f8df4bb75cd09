package values

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"
)

// Cached is a value of a service.
type Cached[T any] struct {
	keeper *Keeper
	name   string
	fetch  func(context.Context) (T, error)
	// Below the keeper's maxAge, so that a read finds nothing to do, and not the same in all environments.
	interval time.Duration

	mutex   sync.Mutex
	known   bool
	value   T
	fetched instant
	// Nothing since the last success.
	fault    *Fault
	failures int
	failed   instant
	flight   *flight
}

type flight struct {
	started instant
	abort   context.CancelFunc
	landed  chan struct{}
}

// Ahead makes a value that the keeper fetches when it starts, and refreshes. The name is for the log. A fetch is never called twice at a time.
func Ahead[T any](keeper *Keeper, name string, fetch func(context.Context) (T, error)) *Cached[T] {
	cached := OnDemand(keeper, name, fetch)
	keeper.ahead = append(keeper.ahead, cached.keepFresh)
	return cached
}

// OnDemand makes a value that reads fetch.
func OnDemand[T any](keeper *Keeper, name string, fetch func(context.Context) (T, error)) *Cached[T] {
	share := 0.8 + 0.15*rand.Float64()
	return &Cached[T]{keeper: keeper, name: name, fetch: fetch, interval: time.Duration(share * float64(keeper.maxAge))}
}

// Read answers the value, and its age if it is older than it should be. The error is a *Fault, and there is none once a value is known.
func (cached *Cached[T]) Read(ctx context.Context) (value T, stale time.Duration, err error) {
	cached.mutex.Lock()
	defer cached.mutex.Unlock()
	now := cached.keeper.now()
	if current := cached.flight; current != nil && now.since(current.started) > 2*fetchTimeout {
		// The environment was frozen in the meantime, and connections end then without a word.
		current.abort()
		cached.waitFor(ctx, current, readTimeout)
		now = cached.keeper.now()
	}
	if !cached.fresh(now) && !cached.pausing(now) {
		current := cached.refresh(now)
		wait := readTimeout
		if cached.known {
			// All readers together wait once for a fetch, not one after another.
			wait -= now.since(current.started)
		}
		cached.waitFor(ctx, current, wait)
		now = cached.keeper.now()
	}
	switch {
	case cached.fresh(now):
		return cached.value, 0, nil
	case cached.known:
		return cached.value, now.since(cached.fetched), nil
	case cached.fault != nil:
		return value, 0, cached.fault
	default:
		return value, 0, timeout()
	}
}

// Peek answers what is known, without asking the service.
func (cached *Cached[T]) Peek() (value T, known bool) {
	cached.mutex.Lock()
	defer cached.mutex.Unlock()
	return cached.value, cached.known
}

// Offer gives a value that came to be known in another way than by a fetch.
func (cached *Cached[T]) Offer(value T) {
	cached.mutex.Lock()
	defer cached.mutex.Unlock()
	cached.succeed(value)
}

func (cached *Cached[T]) fresh(now instant) bool {
	return cached.known && now.since(cached.fetched) <= cached.keeper.maxAge
}

// Tells whether the service failed so often or so clearly that it is left alone for now. A first failure does not keep a read from trying.
func (cached *Cached[T]) pausing(now instant) bool {
	return cached.fault != nil && (cached.failures > 1 || cached.fault.RetryAfter > 0) && now.since(cached.failed) < cached.backoff()
}

func (cached *Cached[T]) backoff() time.Duration {
	// The exponent is bounded, since a shift of more would overflow.
	exponential := firstBackoff << min(cached.failures-1, 16)
	return min(max(exponential, cached.fault.RetryAfter), max(cached.keeper.maxAge, firstBackoff))
}

// Starts a fetch, unless one is under way. The mutex is held.
func (cached *Cached[T]) refresh(now instant) *flight {
	if cached.flight == nil {
		ctx, abort := context.WithTimeout(cached.keeper.life, fetchTimeout)
		started := &flight{now, abort, make(chan struct{})}
		cached.flight = started
		go func() {
			defer close(started.landed)
			defer abort()
			cached.fly(ctx)
		}()
	}
	return cached.flight
}

func (cached *Cached[T]) fly(ctx context.Context) {
	value, err := cached.fetch(ctx)
	cached.mutex.Lock()
	defer cached.mutex.Unlock()
	cached.flight = nil
	switch {
	case err == nil:
		if cached.fault != nil {
			cached.keeper.log.Printf("%s: fetched again", cached.name)
		}
		cached.succeed(value)
	case !errors.Is(ctx.Err(), context.Canceled):
		cached.fail(FaultOf(err))
	}
}

func (cached *Cached[T]) succeed(value T) {
	cached.known, cached.value, cached.fetched = true, value, cached.keeper.now()
	cached.fault, cached.failures = nil, 0
}

func (cached *Cached[T]) fail(fault *Fault) {
	// Once for each kind of failure, not at each attempt.
	if cached.fault == nil || cached.fault.Code != fault.Code {
		cached.keeper.log.Printf("%s: not fetched: %v", cached.name, fault)
	}
	cached.fault, cached.failed = fault, cached.keeper.now()
	cached.failures++
}

func (cached *Cached[T]) keepFresh(attempted func()) {
	for first := true; cached.keeper.life.Err() == nil; first = false {
		cached.mutex.Lock()
		now := cached.keeper.now()
		wait := cached.untilDue(now)
		if wait <= 0 {
			current := cached.refresh(now)
			cached.mutex.Unlock()
			<-current.landed
		} else {
			cached.mutex.Unlock()
			pause(cached.keeper.life, nil, wait)
		}
		if first {
			attempted()
		}
	}
}

func (cached *Cached[T]) untilDue(now instant) time.Duration {
	switch {
	case cached.fault != nil:
		return cached.backoff() - now.since(cached.failed)
	case cached.known:
		return cached.interval - now.since(cached.fetched)
	default:
		return 0
	}
}

// The mutex is held, but not while it waits.
func (cached *Cached[T]) waitFor(ctx context.Context, current *flight, limit time.Duration) {
	cached.mutex.Unlock()
	defer cached.mutex.Lock()
	pause(ctx, current.landed, limit)
}

func pause(ctx context.Context, end <-chan struct{}, limit time.Duration) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-end:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// Once fetches what is not kept, within the time of a read. The error is a *Fault.
func Once[T any](ctx context.Context, fetch func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	value, err := fetch(ctx)
	if err != nil {
		return value, FaultOf(err)
	}
	return value, nil
}
