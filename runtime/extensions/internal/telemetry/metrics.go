package telemetry

import (
	"encoding/json"
	"strings"
	"sync"
	"time"
)

// Names of metrics, in the words that AWS has for its own.
const (
	// Environments that an invocation waited for: started on demand, or restored from a snapshot.
	coldStarts      = "ColdStarts"
	initDuration    = "InitDuration"
	restoreDuration = "RestoreDuration"
	// From the event until the answer, extensions included.
	duration        = "Duration"
	runtimeDuration = "RuntimeDuration"
	// What extensions took after the runtime was done.
	postRuntimeDuration = "PostRuntimeDuration"
	maxMemoryUsed       = "MaxMemoryUsed"
	functionErrors      = "Errors"
	timeouts            = "Timeouts"
	// What this extension dropped, and what Lambda did before it could be delivered here.
	droppedEvents  = "DroppedEvents"
	droppedRecords = "PlatformLogsDropped"
)

// Those that are not here are counts.
var units = map[string]string{
	initDuration:        "Milliseconds",
	restoreDuration:     "Milliseconds",
	duration:            "Milliseconds",
	runtimeDuration:     "Milliseconds",
	postRuntimeDuration: "Milliseconds",
	maxMemoryUsed:       "Megabytes",
}

func isCount(name string) bool { return units[name] == "" }

const (
	// Values that one metric keeps at most while nothing can be sent.
	maxValues = 5000
	// No duration and no memory is larger; what says otherwise is no measurement.
	maxValue = 1e12
)

// snapshot is what was measured in some time: the sum of a count, each value of other metrics.
type snapshot struct {
	since  time.Time
	values map[string][]float64
}

// metrics derives measurements from platform events. They are small, and no outage costs any: they are not part of the buffer.
type metrics struct {
	mutex   sync.Mutex
	current snapshot
	// The invocation whose report is due. A report follows its runtimeDone before another invocation starts.
	done struct {
		requestID  string
		durationMs float64
	}
}

type platformRecord struct {
	RequestID          string `json:"requestId"`
	Status             string `json:"status"`
	Phase              string `json:"phase"`
	InitializationType string `json:"initializationType"`
	DroppedRecords     int    `json:"droppedRecords"`
	Metrics            struct {
		DurationMs      float64 `json:"durationMs"`
		MaxMemoryUsedMB float64 `json:"maxMemoryUsedMB"`
	} `json:"metrics"`
}

// observe takes an event of any type, see https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html. The result is how
// many events it says that Lambda dropped.
func (m *metrics) observe(eventType string, event []byte) (droppedByLambda int) {
	if !strings.HasPrefix(eventType, "platform.") {
		return 0
	}
	var read struct {
		Record platformRecord `json:"record"`
	}
	if json.Unmarshal(event, &read) != nil {
		return 0
	}
	record := read.Record
	m.mutex.Lock()
	defer m.mutex.Unlock()
	switch eventType {
	case "platform.initStart":
		// An init that failed is tried again in the phase "invoke". Other environments are made before anybody waits for them.
		if record.InitializationType == "on-demand" && record.Phase != "invoke" {
			m.add(coldStarts, 1)
		}
	case "platform.restoreStart":
		m.add(coldStarts, 1)
	case "platform.initReport":
		m.add(initDuration, record.Metrics.DurationMs)
	case "platform.restoreReport":
		m.add(restoreDuration, record.Metrics.DurationMs)
	case "platform.runtimeDone":
		m.add(runtimeDuration, record.Metrics.DurationMs)
		m.addStatus(record.Status)
		m.done.requestID, m.done.durationMs = record.RequestID, record.Metrics.DurationMs
	case "platform.report":
		m.addReport(record)
	case "platform.logsDropped":
		if record.DroppedRecords > 0 {
			m.add(droppedRecords, float64(record.DroppedRecords))
			return record.DroppedRecords
		}
	}
	return 0
}

func (m *metrics) addReport(record platformRecord) {
	m.add(duration, record.Metrics.DurationMs)
	if record.Metrics.MaxMemoryUsedMB > 0 {
		m.add(maxMemoryUsed, record.Metrics.MaxMemoryUsedMB)
	}
	if record.RequestID != "" && record.RequestID == m.done.requestID {
		m.add(postRuntimeDuration, max(record.Metrics.DurationMs-m.done.durationMs, 0))
		return
	}
	// On managed instances there is no runtimeDone: the report alone has the status.
	m.addStatus(record.Status)
}

func (m *metrics) addStatus(status string) {
	switch status {
	case "error", "failure":
		m.add(functionErrors, 1)
	case "timeout":
		m.add(timeouts, 1)
	}
}

func (m *metrics) addDropped(events int) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.add(droppedEvents, float64(events))
}

func (m *metrics) add(name string, values ...float64) {
	if m.current.values == nil {
		m.current = snapshot{since: time.Now(), values: map[string][]float64{}}
	}
	if isCount(name) {
		values = append(values, m.current.values[name]...)
		sum := 0.0
		for _, value := range values {
			sum += value
		}
		m.current.values[name] = []float64{sum}
		return
	}
	for _, value := range values {
		if value >= 0 && value <= maxValue && len(m.current.values[name]) < maxValues {
			m.current.values[name] = append(m.current.values[name], value)
		}
	}
}

// take hands over what was measured since it was last called, or nil.
func (m *metrics) take() *snapshot {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if len(m.current.values) == 0 {
		return nil
	}
	taken := m.current
	m.current = snapshot{}
	return &taken
}

// restore takes back what could not be delivered.
func (m *metrics) restore(old *snapshot) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for name, values := range old.values {
		m.add(name, values...)
	}
	m.current.since = old.since
}

func (m *metrics) since() time.Time {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if len(m.current.values) == 0 {
		return time.Time{}
	}
	return m.current.since
}
