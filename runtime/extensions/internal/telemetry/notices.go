package telemetry

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// A line of ours comes back as an event when the stream "extension" is subscribed to: no more than one in this time, whatever happens.
const noticeEvery = time.Minute

// notices tells the log about failures and losses.
type notices struct {
	out io.Writer

	mutex   sync.Mutex
	last    time.Time
	dropped int
	// By Lambda.
	droppedBefore int
	failure       error
}

func (n *notices) addDropped(events int) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.dropped += events
}

func (n *notices) addDroppedByLambda(events int) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.droppedBefore += events
}

func (n *notices) failed(err error) {
	n.mutex.Lock()
	n.failure = err
	n.mutex.Unlock()
	n.tell(false)
}

// tell writes what happened since the last line, if that is a while ago or there will be no other.
func (n *notices) tell(final bool) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if n.dropped == 0 && n.droppedBefore == 0 && n.failure == nil || !final && !n.last.IsZero() && time.Since(n.last) < noticeEvery {
		return
	}
	n.last = time.Now()
	var said []string
	if n.dropped > 0 {
		said = append(said, fmt.Sprintf("%d events were dropped", n.dropped))
	}
	if n.droppedBefore > 0 {
		said = append(said, fmt.Sprintf("Lambda dropped %d events before they came here", n.droppedBefore))
	}
	if n.failure != nil {
		said = append(said, fmt.Sprintf("the destination failed: %v", n.failure))
	}
	fmt.Fprintf(n.out, "telemetry-extension: %s\n", strings.Join(said, "; "))
	n.dropped, n.droppedBefore, n.failure = 0, 0, nil
}
