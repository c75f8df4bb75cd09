package telemetry

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// s3Sink writes one object for each batch: compressed lines of JSON.
type s3Sink struct {
	client    func() *s3.Client
	bucket    string
	prefix    string
	namespace string
	of        identity
	gzip      *gzip.Writer
	bytes     int
}

func (s *s3Sink) batchBytes() int { return s.bytes }

func (s *s3Sink) send(ctx context.Context, batch *batch) error {
	// Not used again, since a call that was given up may still read it.
	var body bytes.Buffer
	s.gzip.Reset(&body)
	for _, one := range batch.chunks {
		s.gzip.Write(one.lines)
	}
	if batch.metrics != nil {
		s.gzip.Write(metricLines(batch.metrics, s.namespace, s.of))
	}
	if err := s.gzip.Close(); err != nil {
		return err
	}
	_, err := s.client().PutObject(ctx, &s3.PutObjectInput{
		Bucket:      &s.bucket,
		Key:         aws.String(s.key(batch)),
		Body:        bytes.NewReader(body.Bytes()),
		ContentType: aws.String("application/gzip"),
	})
	return err
}

// key is the same in every attempt: an object that was stored although no answer came is not stored twice.
func (s *s3Sink) key(batch *batch) string {
	since := batch.since().UTC()
	return fmt.Sprintf("%s%s/%s/%s-%s.ndjson.gz", s.prefix, since.Format("2006/01/02/15"), s.of.function, since.Format("20060102T150405Z"), batch.id)
}
