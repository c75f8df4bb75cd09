package telemetry

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// What the embedded metric format allows in one line.
const maxEMFValues = 100

// identity is what metrics and logs are told of.
type identity struct {
	function, version, region string
}

type emfMetric struct {
	Name string `json:"Name"`
	Unit string `json:"Unit"`
}

type emfDirective struct {
	Namespace  string      `json:"Namespace"`
	Dimensions [][]string  `json:"Dimensions"`
	Metrics    []emfMetric `json:"Metrics"`
}

// emfObjects renders measurements in the embedded metric format of CloudWatch, see
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html.
func emfObjects(measured *snapshot, namespace string, of identity) [][]byte {
	var objects [][]byte
	for from := 0; ; from += maxEMFValues {
		object := map[string]any{"FunctionName": of.function, "FunctionVersion": of.version}
		// By function over all versions, and by each version: what AWS does with its own metrics.
		directive := emfDirective{Namespace: namespace, Dimensions: [][]string{{"FunctionName"}, {"FunctionName", "FunctionVersion"}}}
		for _, name := range slices.Sorted(maps.Keys(measured.values)) {
			values := measured.values[name]
			if from >= len(values) {
				continue
			}
			object[name] = values[from:min(from+maxEMFValues, len(values))]
			unit := units[name]
			if isCount(name) {
				unit = "Count"
			}
			directive.Metrics = append(directive.Metrics, emfMetric{name, unit})
		}
		if len(directive.Metrics) == 0 {
			return objects
		}
		object["_aws"] = map[string]any{"Timestamp": measured.since.UnixMilli(), "CloudWatchMetrics": []emfDirective{directive}}
		encoded, err := json.Marshal(object)
		if err != nil {
			// Numbers and text always can be encoded.
			panic(err)
		}
		objects = append(objects, encoded)
	}
}

// metricLines are the same as events of a type of their own, for streams that carry events.
func metricLines(measured *snapshot, namespace string, of identity) []byte {
	var lines []byte
	for _, object := range emfObjects(measured, namespace, of) {
		event, err := json.Marshal(struct {
			Time   time.Time       `json:"time"`
			Type   string          `json:"type"`
			Record json.RawMessage `json:"record"`
		}{measured.since.UTC(), "extension.metrics", object})
		if err != nil {
			panic(err)
		}
		lines = append(append(lines, event...), '\n')
	}
	return lines
}
