package telemetry

import (
	"context"
	"io"
)

// emfSink writes metrics where CloudWatch Logs finds them. Events it takes none of: those are in CloudWatch Logs already.
type emfSink struct {
	out       io.Writer
	namespace string
	of        identity
}

func (s *emfSink) batchBytes() int { return 0 }

func (s *emfSink) send(_ context.Context, batch *batch) error {
	for _, object := range emfObjects(batch.metrics, s.namespace, s.of) {
		// One write for each line, since the function writes there, too.
		if _, err := s.out.Write(append(object, '\n')); err != nil {
			return err
		}
	}
	return nil
}
