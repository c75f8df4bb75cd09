package telemetry

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
)

// firehoseSink sends each chunk as one record: Firehose counts 5 KiB for the smallest.
type firehoseSink struct {
	client    func() *firehose.Client
	stream    string
	namespace string
	of        identity
}

// Well below the 4 MiB and 500 records of a call, since the encoded call is in memory beside the buffer.
func (s *firehoseSink) batchBytes() int { return 512 << 10 }

func (s *firehoseSink) send(ctx context.Context, batch *batch) error {
	records := make([]types.Record, 0, len(batch.chunks)+1)
	for _, one := range batch.chunks {
		records = append(records, types.Record{Data: one.lines})
	}
	if batch.metrics != nil {
		records = append(records, types.Record{Data: metricLines(batch.metrics, s.namespace, s.of)})
	}
	answer, err := s.client().PutRecordBatch(ctx, &firehose.PutRecordBatchInput{DeliveryStreamName: &s.stream, Records: records})
	if err != nil {
		return err
	}
	if aws.ToInt32(answer.FailedPutCount) == 0 {
		return nil
	}
	if len(answer.RequestResponses) != len(records) {
		return fmt.Errorf("Firehose answered for %d of %d records", len(answer.RequestResponses), len(records))
	}
	var failed []chunk
	var first types.PutRecordBatchResponseEntry
	metricsFailed := false
	for i, response := range answer.RequestResponses {
		if response.ErrorCode == nil {
			continue
		}
		first = response
		if i < len(batch.chunks) {
			failed = append(failed, batch.chunks[i])
		} else {
			metricsFailed = true
		}
	}
	batch.keep(failed)
	if !metricsFailed {
		batch.metrics = nil
	}
	return fmt.Errorf("Firehose refused %d of %d records: %s", *answer.FailedPutCount, len(records), aws.ToString(first.ErrorCode))
}
