//go:build race

package telemetry

// The program is built with the race detector, too: it takes much memory and time, so that neither is measured.
const raceDetector = true
