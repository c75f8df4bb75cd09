package values

import (
	"bytes"
	"context"
	"errors"
	"log"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

const maxAge = time.Minute

// A service whose behaviour and delay a test sets.
type service struct {
	calls atomic.Int32
	mutex sync.Mutex
	delay time.Duration
	err   error
}

func (service *service) behave(delay time.Duration, err error) {
	service.mutex.Lock()
	defer service.mutex.Unlock()
	service.delay, service.err = delay, err
}

func (service *service) fetch(ctx context.Context) (int32, error) {
	call := service.calls.Add(1)
	service.mutex.Lock()
	delay, err := service.delay, service.err
	service.mutex.Unlock()
	select {
	case <-time.After(delay):
		return call, err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// Inside a bubble, in which time passes when nothing else is to do.
func bubble(t *testing.T, test func(t *testing.T, service *service, keeper *Keeper, log *bytes.Buffer)) {
	synctest.Test(t, func(t *testing.T) {
		var lines bytes.Buffer
		keeper := NewKeeper(maxAge, log.New(&lines, "", 0))
		test(t, &service{}, keeper, &lines)
		keeper.Close()
	})
}

func TestOneFetchForAllColdReaders(t *testing.T) {
	bubble(t, func(t *testing.T, service *service, keeper *Keeper, _ *bytes.Buffer) {
		service.behave(500*time.Millisecond, nil)
		cached := OnDemand(keeper, "value", service.fetch)
		var readers sync.WaitGroup
		for range 2000 {
			readers.Go(func() { expect(t, cached, 1, 0) })
		}
		readers.Wait()
		if calls := service.calls.Load(); calls != 1 {
			t.Fatalf("%d fetches", calls)
		}
	})
}

func TestABackgroundRefreshComesBeforeAReadNeedsIt(t *testing.T) {
	bubble(t, func(t *testing.T, service *service, keeper *Keeper, _ *bytes.Buffer) {
		service.behave(100*time.Millisecond, nil)
		cached := Ahead(keeper, "value", service.fetch)
		keeper.Start(t.Context())
		for range 600 {
			before := time.Now()
			if _, stale, err := cached.Read(t.Context()); err != nil || stale != 0 || time.Since(before) != 0 {
				t.Fatalf("waited %v: stale %v, %v", time.Since(before), stale, err)
			}
			time.Sleep(time.Second)
		}
		if calls := service.calls.Load(); calls < 11 || calls > 13 {
			t.Fatalf("%d fetches in ten minutes", calls)
		}
	})
}

func TestStartWaitsForTwoSecondsAtMost(t *testing.T) {
	bubble(t, func(t *testing.T, service *service, keeper *Keeper, _ *bytes.Buffer) {
		service.behave(4*time.Second, nil)
		cached := Ahead(keeper, "value", service.fetch)
		before := time.Now()
		keeper.Start(t.Context())
		if took := time.Since(before); took != startTimeout {
			t.Fatalf("took %v", took)
		}
		expectFault(t, cached, "Timeout", http.StatusServiceUnavailable)
		time.Sleep(time.Second)
		expect(t, cached, 1, 0)
	})
}

func TestReadersWaitOnceForASlowServiceThenGetTheLastGoodValue(t *testing.T) {
	bubble(t, func(t *testing.T, service *service, keeper *Keeper, _ *bytes.Buffer) {
		cached := OnDemand(keeper, "value", service.fetch)
		expect(t, cached, 1, 0)
		time.Sleep(2 * maxAge)
		service.behave(time.Hour, nil)
		before := time.Now()
		expect(t, cached, 1, 2*maxAge+readTimeout)
		expect(t, cached, 1, 2*maxAge+readTimeout)
		if took := time.Since(before); took != readTimeout {
			t.Fatalf("took %v", took)
		}
		service.behave(0, nil)
		time.Sleep(2 * fetchTimeout)
		expect(t, cached, 3, 0)
	})
}

func TestAFailingServiceIsAskedLessAndLessOften(t *testing.T) {
	bubble(t, func(t *testing.T, service *service, keeper *Keeper, log *bytes.Buffer) {
		cached := Ahead(keeper, "value", service.fetch)
		service.behave(0, errors.New("garbage with s3cr3t"))
		keeper.Start(t.Context())
		expectFault(t, cached, "InvalidAnswer", http.StatusServiceUnavailable)
		if calls := service.calls.Load(); calls != 2 {
			t.Fatalf("%d fetches: the first read tries again", calls)
		}
		for range 3000 {
			expectFault(t, cached, "InvalidAnswer", http.StatusServiceUnavailable)
			time.Sleep(100 * time.Millisecond)
		}
		if calls := service.calls.Load(); calls > 15 {
			t.Fatalf("%d fetches in five minutes", calls)
		}
		service.behave(0, nil)
		time.Sleep(maxAge)
		if _, _, err := cached.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(log.String(), "\n"); lines != 2 || strings.Contains(log.String(), "s3cr3t") {
			t.Fatalf("the log has %d lines: %s", lines, log)
		}
	})
}

func TestRetryAfterIsHeeded(t *testing.T) {
	bubble(t, func(t *testing.T, service *service, keeper *Keeper, _ *bytes.Buffer) {
		cached := Ahead(keeper, "value", service.fetch)
		service.behave(0, &Fault{Status: http.StatusTooManyRequests, Code: "ThrottlingException", RetryAfter: 20 * time.Second})
		keeper.Start(t.Context())
		for range 19 {
			expectFault(t, cached, "ThrottlingException", http.StatusTooManyRequests)
			time.Sleep(time.Second)
		}
		if calls := service.calls.Load(); calls != 1 {
			t.Fatalf("%d fetches", calls)
		}
		service.behave(0, nil)
		time.Sleep(2 * time.Second)
		expect(t, cached, 2, 0)
	})
}

func TestRetryAfterKeepsNoValueForLongerThanItsAge(t *testing.T) {
	bubble(t, func(t *testing.T, service *service, keeper *Keeper, _ *bytes.Buffer) {
		cached := OnDemand(keeper, "value", service.fetch)
		service.behave(0, &Fault{Code: "ThrottlingException", RetryAfter: 1000 * time.Hour})
		expectFault(t, cached, "ThrottlingException", 0)
		service.behave(0, nil)
		time.Sleep(maxAge)
		expect(t, cached, 2, 0)
	})
}

func TestAClockThatJumps(t *testing.T) {
	bubble(t, func(t *testing.T, service *service, keeper *Keeper, _ *bytes.Buffer) {
		jump := jumping(keeper)
		cached := OnDemand(keeper, "value", service.fetch)
		expect(t, cached, 1, 0)
		jump(0, -24*time.Hour)
		expect(t, cached, 1, 0)
		jump(maxAge+time.Second, 0)
		expect(t, cached, 2, 0)
		// Also what it looks like when a snapshot is restored, in which the monotonic clock stood still.
		jump(0, 48*time.Hour)
		expect(t, cached, 3, 0)
		expect(t, cached, 3, 0)
		jump(0, 48*time.Hour)
		service.behave(0, errors.New("fails"))
		expect(t, cached, 3, 48*time.Hour)
	})
}

// The environment is frozen during a refresh, whose connection is lost by that.
func TestAFreezeDuringAFetch(t *testing.T) {
	bubble(t, func(t *testing.T, service *service, keeper *Keeper, log *bytes.Buffer) {
		jump := jumping(keeper)
		cached := OnDemand(keeper, "value", service.fetch)
		expect(t, cached, 1, 0)
		jump(2*maxAge, 2*maxAge)
		service.behave(time.Hour, nil)
		expect(t, cached, 1, 2*maxAge)
		jump(0, time.Hour)
		service.behave(0, nil)
		expect(t, cached, 3, 0)
		if log.Len() > 0 {
			t.Errorf("it is no failure: %s", log)
		}
	})
}

// Both clocks are at the test's will.
func jumping(keeper *Keeper) (jump func(monotonic, wall time.Duration)) {
	var mutex sync.Mutex
	clock := instant{wall: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}
	keeper.now = func() instant {
		mutex.Lock()
		defer mutex.Unlock()
		return clock
	}
	return func(monotonic, wall time.Duration) {
		mutex.Lock()
		defer mutex.Unlock()
		clock = instant{clock.monotonic + monotonic, clock.wall.Add(wall)}
	}
}

func TestCloseEndsAFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lines bytes.Buffer
		keeper, service := NewKeeper(maxAge, log.New(&lines, "", 0)), &service{delay: 3 * time.Second}
		cached := Ahead(keeper, "value", service.fetch)
		keeper.Start(t.Context())
		before := time.Now()
		keeper.Close()
		expectFault(t, cached, "Timeout", http.StatusServiceUnavailable)
		if took := time.Since(before); took != 0 || lines.Len() > 0 {
			t.Fatalf("took %v, %s", took, &lines)
		}
	})
}

func TestAnOfferedValueIsFresh(t *testing.T) {
	bubble(t, func(t *testing.T, service *service, keeper *Keeper, _ *bytes.Buffer) {
		cached := OnDemand(keeper, "value", service.fetch)
		cached.Offer(42)
		expect(t, cached, 42, 0)
		time.Sleep(2 * maxAge)
		expect(t, cached, 1, 0)
	})
}

func expect(t *testing.T, cached *Cached[int32], value int32, stale time.Duration) {
	t.Helper()
	got, age, err := cached.Read(t.Context())
	if got != value || age != stale || err != nil {
		t.Errorf("got %d, stale %v, %v; want %d, %v", got, age, err, value, stale)
	}
}

func expectFault(t *testing.T, cached *Cached[int32], code string, status int) {
	t.Helper()
	_, _, err := cached.Read(t.Context())
	if fault := (*Fault)(nil); !errors.As(err, &fault) || fault.Code != code || fault.Status != status {
		t.Fatalf("got %v, want %s", err, code)
	}
}
