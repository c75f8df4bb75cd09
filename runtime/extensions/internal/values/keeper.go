// Package values keeps what services answered: fetched ahead, refreshed in the background and, where that came too late, at a read. When a
// service fails, the last good value stays. Values are in memory only; no log line and no error holds any part of one.
package values

import (
	"context"
	"log"
	"sync"
	"time"
)

const (
	// How long the function's start waits for services.
	startTimeout = 2 * time.Second
	// How long a read waits for a service.
	readTimeout = time.Second
	// When a fetch, which readers may have ceased to wait for, is given up.
	fetchTimeout = 5 * time.Second
	firstBackoff = time.Second
)

// Keeper is what the values of an extension have in common. NewKeeper makes one.
type Keeper struct {
	maxAge  time.Duration
	log     *log.Logger
	now     func() instant
	ahead   []func(attempted func())
	life    context.Context
	end     context.CancelFunc
	running sync.WaitGroup
}

// NewKeeper takes the age from which a value is refreshed before it is read.
func NewKeeper(maxAge time.Duration, log *log.Logger) *Keeper {
	keeper := &Keeper{maxAge: maxAge, log: log, now: clock()}
	keeper.life, keeper.end = context.WithCancel(context.Background())
	return keeper
}

// Start fetches, side by side, every value that is kept ahead, and returns when all were tried, after two seconds, or at the end of the
// context. What is missing then is fetched in the background.
func (keeper *Keeper) Start(ctx context.Context) {
	var attempts sync.WaitGroup
	attempts.Add(len(keeper.ahead))
	for _, keepFresh := range keeper.ahead {
		keeper.running.Go(func() { keepFresh(attempts.Done) })
	}
	attempted := make(chan struct{})
	go func() {
		attempts.Wait()
		close(attempted)
	}()
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	select {
	case <-attempted:
	case <-ctx.Done():
	}
}

// Close ends fetches that are under way. There are no new ones in the background.
func (keeper *Keeper) Close() {
	keeper.end()
	keeper.running.Wait()
}

// An instant is told by two clocks: the monotonic one, which no one can set, may stand still while an environment is frozen or a snapshot of it
// is kept.
type instant struct {
	monotonic time.Duration
	wall      time.Time
}

func clock() func() instant {
	start := time.Now()
	return func() instant {
		now := time.Now()
		return instant{now.Sub(start), now.Round(0)}
	}
}

// A wall clock that was set back has no effect, one that was set forward makes a value look older, which costs a fetch.
func (now instant) since(then instant) time.Duration {
	return max(now.monotonic-then.monotonic, now.wall.Sub(then.wall))
}
