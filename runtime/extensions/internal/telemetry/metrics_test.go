package telemetry

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"
)

func TestMetricsOfEvents(t *testing.T) {
	const done = `{"type":"platform.runtimeDone","record":{"requestId":"1","status":"success","metrics":{"durationMs":40.5,"producedBytes":3}}}`
	report := func(id, status string) string {
		return `{"type":"platform.report","record":{"requestId":"` + id + `","status":"` + status + `","metrics":` +
			`{"durationMs":52.5,"billedDurationMs":53,"memorySizeMB":128,"maxMemoryUsedMB":42}}}`
	}
	for _, test := range []struct {
		name   string
		events []string
		want   map[string][]float64
	}{
		{"nothing of the platform", []string{`{"type":"function","record":{"metrics":{"durationMs":1},"status":"error"}}`}, nil},
		{"an init", []string{
			`{"type":"platform.initStart","record":{"initializationType":"on-demand","phase":"init"}}`,
			`{"type":"platform.initReport","record":{"initializationType":"on-demand","phase":"init","metrics":{"durationMs":125.33}}}`,
		}, map[string][]float64{coldStarts: {1}, initDuration: {125.33}}},
		{"an init that is tried again", []string{
			`{"type":"platform.initStart","record":{"initializationType":"on-demand","phase":"init"}}`,
			`{"type":"platform.initStart","record":{"initializationType":"on-demand","phase":"invoke"}}`,
		}, map[string][]float64{coldStarts: {1}}},
		{"an init that nobody waits for", []string{
			`{"type":"platform.initStart","record":{"initializationType":"provisioned-concurrency","phase":"init"}}`,
			`{"type":"platform.initStart","record":{"initializationType":"lambda-managed-instances","phase":"init"}}`,
			`{"type":"platform.initStart","record":{"initializationType":"snap-start","phase":"init"}}`,
		}, nil},
		{"a restore", []string{
			`{"type":"platform.restoreStart","record":{"functionName":"f"}}`, `{"type":"platform.restoreReport","record":{"metrics":{"durationMs":70.87}}}`,
		}, map[string][]float64{coldStarts: {1}, restoreDuration: {70.87}}},
		{"an invocation", []string{done, report("1", "success")}, map[string][]float64{
			runtimeDuration: {40.5}, duration: {52.5}, postRuntimeDuration: {12}, maxMemoryUsed: {42},
		}},
		{"a report of another invocation", []string{done, report("2", "success")}, map[string][]float64{
			runtimeDuration: {40.5}, duration: {52.5}, maxMemoryUsed: {42},
		}},
		{"an error, which is told twice", []string{
			`{"type":"platform.runtimeDone","record":{"requestId":"1","status":"failure","errorType":"Runtime.ExitError","metrics":{"durationMs":4}}}`,
			report("1", "failure"),
		}, map[string][]float64{functionErrors: {1}, runtimeDuration: {4}, duration: {52.5}, postRuntimeDuration: {48.5}, maxMemoryUsed: {42}}},
		{"a timeout", []string{`{"type":"platform.runtimeDone","record":{"requestId":"1","status":"timeout","metrics":{"durationMs":3000}}}`},
			map[string][]float64{timeouts: {1}, runtimeDuration: {3000}}},
		{"a managed instance", []string{
			`{"type":"platform.report","record":{"requestId":"1","status":"error","metrics":{"durationMs":5}}}`,
			`{"type":"platform.report","record":{"requestId":"2","status":"timeout","metrics":{"durationMs":6}}}`,
		}, map[string][]float64{functionErrors: {1}, timeouts: {1}, duration: {5, 6}}},
		{"what Lambda dropped", []string{
			`{"type":"platform.logsDropped","record":{"reason":"slow","droppedRecords":100,"droppedBytes":5000}}`,
			`{"type":"platform.logsDropped","record":{"droppedRecords":23}}`,
			`{"type":"platform.logsDropped","record":{"droppedRecords":-5}}`,
		}, map[string][]float64{droppedRecords: {123}}},
		{"garbage", []string{
			`{"type":"platform.report","record":"text"}`, `{"type":"platform.report","record":{"metrics":{"durationMs":"long"}}}`,
			`{"type":"platform.report"`, `{"type":"platform.initReport","record":{"metrics":{"durationMs":-1}}}`,
			`{"type":"platform.initReport","record":{"metrics":{"durationMs":1e300}}}`, `{"type":"platform.unheardOf","record":{}}`,
		}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := &metrics{}
			for _, event := range test.events {
				var typed struct{ Type string }
				json.Unmarshal([]byte(event), &typed)
				m.observe(typed.Type, []byte(event))
			}
			got := m.take()
			if got == nil {
				got = &snapshot{}
			}
			if !maps.EqualFunc(got.values, test.want, slices.Equal) {
				t.Errorf("got %v, want %v", got.values, test.want)
			}
			if m.take() != nil {
				t.Error("measurements are handed over twice")
			}
		})
	}
}

func TestMetricsThatCouldNotBeDelivered(t *testing.T) {
	m := &metrics{}
	m.addDropped(3)
	m.add(duration, 1, 2)
	first := m.take()
	m.addDropped(4)
	m.add(duration, 5)
	m.restore(first)
	got := m.take()
	slices.Sort(got.values[duration])
	if want := map[string][]float64{droppedEvents: {7}, duration: {1, 2, 5}}; !reflect.DeepEqual(got.values, want) || got.since != first.since {
		t.Errorf("got %v since %v", got.values, got.since)
	}
}

func TestMetricsAreBounded(t *testing.T) {
	m := &metrics{}
	for range 3 * maxValues {
		m.add(duration, 1)
	}
	if got := m.take(); len(got.values[duration]) != maxValues {
		t.Errorf("%d values", len(got.values[duration]))
	}
}

// The rules are of the embedded metric format's specification.
func TestEMF(t *testing.T) {
	since := time.Date(2026, 1, 12, 10, 0, 0, 0, time.UTC)
	measured := &snapshot{since, map[string][]float64{coldStarts: {1}, duration: make([]float64, 250)}}
	objects := emfObjects(measured, "Shop", identity{"orders", "7", "us-east-1"})
	values := 0
	for i, object := range objects {
		var got struct {
			AWS struct {
				Timestamp         int64
				CloudWatchMetrics []emfDirective
			} `json:"_aws"`
			FunctionName, FunctionVersion string
			ColdStarts, Duration          []float64
		}
		if err := json.Unmarshal(object, &got); err != nil {
			t.Fatal(err)
		}
		if got.AWS.Timestamp != since.UnixMilli() || got.FunctionName != "orders" || got.FunctionVersion != "7" || len(got.Duration) > 100 {
			t.Errorf("got %s", object)
		}
		want := emfDirective{"Shop", [][]string{{"FunctionName"}, {"FunctionName", "FunctionVersion"}}, []emfMetric{{duration, "Milliseconds"}}}
		if i == 0 {
			want.Metrics = slices.Insert(want.Metrics, 0, emfMetric{coldStarts, "Count"})
		}
		if !reflect.DeepEqual(got.AWS.CloudWatchMetrics, []emfDirective{want}) || (i == 0) != slices.Equal(got.ColdStarts, []float64{1}) {
			t.Errorf("got %s", object)
		}
		values += len(got.Duration)
	}
	if len(objects) != 3 || values != 250 {
		t.Errorf("%d lines with %d values", len(objects), values)
	}
}
