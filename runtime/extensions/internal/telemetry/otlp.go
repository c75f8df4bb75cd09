package telemetry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// otlpEncoder renders events and measurements as JSON of the OpenTelemetry protocol.
type otlpEncoder struct {
	// The attributes that are the same for all, and who says so.
	resource, scope []byte
}

type otlpAttribute struct {
	Key   string    `json:"key"`
	Value otlpValue `json:"value"`
}

type otlpValue struct {
	StringValue string `json:"stringValue"`
}

func newOTLPEncoder(namespace string, of identity) otlpEncoder {
	resource, err := json.Marshal(map[string]any{"attributes": []otlpAttribute{
		{"service.name", otlpValue{of.function}},
		{"faas.name", otlpValue{of.function}},
		{"faas.version", otlpValue{of.version}},
		{"cloud.provider", otlpValue{"aws"}},
		{"cloud.platform", otlpValue{"aws_lambda"}},
		{"cloud.region", otlpValue{of.region}},
	}})
	if err != nil {
		panic(err)
	}
	scope, err := json.Marshal(map[string]string{"name": namespace})
	if err != nil {
		panic(err)
	}
	return otlpEncoder{resource, scope}
}

type otlpLogRecord struct {
	TimeUnixNano         string          `json:"timeUnixNano,omitempty"`
	ObservedTimeUnixNano string          `json:"observedTimeUnixNano"`
	SeverityNumber       int             `json:"severityNumber,omitempty"`
	SeverityText         string          `json:"severityText,omitempty"`
	Body                 otlpValue       `json:"body"`
	Attributes           []otlpAttribute `json:"attributes"`
}

// Numbers that the protocol has for the levels of Lambda's log formats.
var severities = map[string]int{"TRACE": 1, "DEBUG": 5, "INFO": 9, "WARN": 13, "WARNING": 13, "ERROR": 17, "FATAL": 21, "CRITICAL": 21}

// logs writes one record after the other, so that a batch is not in memory in a third form.
func (e otlpEncoder) logs(to io.Writer, chunks []chunk) error {
	fmt.Fprintf(to, `{"resourceLogs":[{"resource":%s,"scopeLogs":[{"scope":%s,"logRecords":[`, e.resource, e.scope)
	encoder := json.NewEncoder(to)
	separator := ""
	for _, one := range chunks {
		for line := range bytes.Lines(one.lines) {
			io.WriteString(to, separator)
			separator = ","
			if err := encoder.Encode(logRecord(line, one.since)); err != nil {
				return err
			}
		}
	}
	_, err := io.WriteString(to, `]}]}]}`)
	return err
}

func logRecord(line []byte, observed time.Time) otlpLogRecord {
	var event struct {
		Time   string          `json:"time"`
		Type   string          `json:"type"`
		Record json.RawMessage `json:"record"`
	}
	// It was read once already; fields of other types stay empty.
	json.Unmarshal(line, &event)
	record := otlpLogRecord{ObservedTimeUnixNano: unixNano(observed), Attributes: []otlpAttribute{{"type", otlpValue{event.Type}}}}
	if at, err := time.Parse(time.RFC3339Nano, event.Time); err == nil {
		record.TimeUnixNano = unixNano(at)
	}
	if json.Unmarshal(event.Record, &record.Body.StringValue) == nil {
		return record
	}
	// An object: of the platform, or of a function whose log format is JSON.
	record.Body.StringValue = string(event.Record)
	var known struct {
		RequestID string `json:"requestId"`
		Level     string `json:"level"`
	}
	json.Unmarshal(event.Record, &known)
	if known.RequestID != "" {
		record.Attributes = append(record.Attributes, otlpAttribute{"faas.invocation_id", otlpValue{known.RequestID}})
	}
	record.SeverityText = known.Level
	record.SeverityNumber = severities[strings.ToUpper(known.Level)]
	return record
}

type otlpMetric struct {
	Name      string         `json:"name"`
	Unit      string         `json:"unit"`
	Sum       *otlpSum       `json:"sum,omitempty"`
	Histogram *otlpHistogram `json:"histogram,omitempty"`
}

type otlpSum struct {
	AggregationTemporality int         `json:"aggregationTemporality"`
	IsMonotonic            bool        `json:"isMonotonic"`
	DataPoints             []otlpPoint `json:"dataPoints"`
}

type otlpHistogram struct {
	AggregationTemporality int         `json:"aggregationTemporality"`
	DataPoints             []otlpPoint `json:"dataPoints"`
}

type otlpPoint struct {
	StartTimeUnixNano string    `json:"startTimeUnixNano"`
	TimeUnixNano      string    `json:"timeUnixNano"`
	AsDouble          *float64  `json:"asDouble,omitempty"`
	Count             string    `json:"count,omitempty"`
	Sum               *float64  `json:"sum,omitempty"`
	Min               *float64  `json:"min,omitempty"`
	Max               *float64  `json:"max,omitempty"`
	BucketCounts      []string  `json:"bucketCounts,omitempty"`
	ExplicitBounds    []float64 `json:"explicitBounds,omitempty"`
}

// Each point is of a time of its own, since no environment knows of the others.
const delta = 1

var unitsOfOTLP = map[string]string{"": "1", "Milliseconds": "ms", "Megabytes": "MBy"}

// Upper bounds of buckets, fit for milliseconds until Lambda's longest timeout, and for megabytes.
var bounds = []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000, 900_000}

func (e otlpEncoder) metrics(to io.Writer, measured *snapshot) error {
	var rendered []otlpMetric
	now := time.Now()
	for _, name := range slices.Sorted(maps.Keys(measured.values)) {
		metric := otlpMetric{Name: name, Unit: unitsOfOTLP[units[name]]}
		point := otlpPoint{StartTimeUnixNano: unixNano(measured.since), TimeUnixNano: unixNano(now)}
		values := measured.values[name]
		if isCount(name) {
			point.AsDouble = &values[0]
			metric.Sum = &otlpSum{delta, true, []otlpPoint{point}}
		} else {
			point.distribute(values)
			metric.Histogram = &otlpHistogram{delta, []otlpPoint{point}}
		}
		rendered = append(rendered, metric)
	}
	encoded, err := json.Marshal(rendered)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(to, `{"resourceMetrics":[{"resource":%s,"scopeMetrics":[{"scope":%s,"metrics":%s}]}]}`, e.resource, e.scope, encoded)
	return err
}

func (p *otlpPoint) distribute(values []float64) {
	counts := make([]int, len(bounds)+1)
	sum := 0.0
	for _, value := range values {
		// The first bound that is not below the value.
		bucket, _ := slices.BinarySearch(bounds, value)
		counts[bucket]++
		sum += value
	}
	smallest, largest := slices.Min(values), slices.Max(values)
	p.Count, p.Sum, p.Min, p.Max, p.ExplicitBounds = strconv.Itoa(len(values)), &sum, &smallest, &largest, bounds
	for _, count := range counts {
		p.BucketCounts = append(p.BucketCounts, strconv.Itoa(count))
	}
}

func unixNano(at time.Time) string { return strconv.FormatInt(at.UnixNano(), 10) }
