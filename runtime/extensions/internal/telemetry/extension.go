// Package telemetry is the extension that sends a function's logs and measurements to where the user wants them.
package telemetry

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/awsconfig"
	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/lifecycle"
)

const (
	// What an answer of a destination has at most.
	maxAnswerBytes = 1 << 20
	// How long an invocation is held at most for what was left from before.
	holdFor = 500 * time.Millisecond
	// What the program's memory limit has room for.
	usualBufferBytes = 4 << 20
	// Before a deadline, for what is to be done after the sending.
	margin = 100 * time.Millisecond
)

// Extension decides when to send.
//
// A full batch goes at once, and others when they have waited for flushSeconds, beside the function's work: nobody waits for that. Lambda
// freezes the environment as soon as the function has answered, and a request that is under way then may be lost and sent twice. Holding
// every invocation until its own events have come and gone would cost the user time in each of them. So an INVOKE is held only when
// something has waited for flushSeconds already, until that is sent, half a second at most, and not at all while the destination fails.
// The sending begins with the function's work, which mostly takes longer. What comes after the last invocation goes at SHUTDOWN, as does
// all when the function died: platform.runtimeDone then is followed by it.
type Extension struct {
	settings Settings
	metrics  *metrics
	buffer   *buffer
	sender   *sender
	notices  *notices
	sink     sink

	server     *http.Server
	subscribed bool
	end        context.CancelFunc
}

// New reads the settings. Nothing is opened before Start.
func New() (lifecycle.Extension, error) {
	settings, err := readSettings()
	if err != nil {
		return nil, err
	}
	config, err := awsconfig.FromEnvironment(maxAnswerBytes)
	if err != nil {
		return nil, err
	}
	if more := settings.BufferBytes - usualBufferBytes; more > 0 {
		debug.SetMemoryLimit(debug.SetMemoryLimit(-1) + int64(more))
	}
	return newExtension(settings, config, os.Stdout, os.Stderr), nil
}

func newExtension(settings Settings, config aws.Config, stdout, stderr io.Writer) *Extension {
	e := &Extension{settings: settings, metrics: &metrics{}, notices: &notices{out: stderr}}
	e.sink = e.newSink(config, stdout)
	e.buffer = newBuffer(settings.BufferBytes, e.sink.batchBytes(), e.dropped)
	e.sender = newSender(e.buffer, e.metrics, e.sink, e.notices, time.Duration(settings.FlushSeconds)*time.Second)
	return e
}

func (e *Extension) newSink(config aws.Config, stdout io.Writer) sink {
	of := identity{os.Getenv("AWS_LAMBDA_FUNCTION_NAME"), os.Getenv("AWS_LAMBDA_FUNCTION_VERSION"), config.Region}
	to := e.settings.Destination
	// The sender has the only say about other attempts: it sees what of a batch is left, and when the environment ends.
	config.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	compressor := gzip.NewWriter(nil)
	switch to.Kind {
	case firehoseKind:
		client := sync.OnceValue(func() *firehose.Client { return firehose.NewFromConfig(config) })
		return &firehoseSink{client, to.Stream, e.settings.Namespace, of}
	case s3Kind:
		client := sync.OnceValue(func() *s3.Client { return s3.NewFromConfig(config) })
		// Large objects, but no batch that leaves no room for what comes meanwhile.
		return &s3Sink{client, to.Bucket, to.Prefix, e.settings.Namespace, of, compressor, e.settings.BufferBytes / 2}
	case otlpKind:
		return &otlpSink{
			client: config.HTTPClient, endpoint: to.Endpoint, encoder: newOTLPEncoder(e.settings.Namespace, of), gzip: compressor, rejected: e.dropped,
			secrets:       sync.OnceValue(func() *secretsmanager.Client { return secretsmanager.NewFromConfig(config) }),
			headersSecret: to.HeadersSecret,
		}
	default:
		return &emfSink{stdout, e.settings.Namespace, of}
	}
}

// Events has INVOKE, to send what was left from before the environment was frozen.
func (e *Extension) Events() []lifecycle.EventType { return []lifecycle.EventType{lifecycle.Invoke} }

// Start subscribes. Without telemetry the function works as well, so that nothing here stops it.
func (e *Extension) Start(ctx context.Context, client *lifecycle.Client) error {
	listener, err := listen(ctx)
	if err != nil {
		e.say("no events will be sent, since no port can be opened: %v", err)
		return nil
	}
	e.server = &http.Server{Handler: &receiver{accept: e.accept, reject: func() { e.dropped(1) }}}
	go e.server.Serve(listener)
	types := e.settings.Types
	if !e.takesEvents() {
		types = []string{"platform"}
	}
	e.subscribed, err = subscribe(ctx, client, listener, types)
	if !e.subscribed {
		e.server.Close()
		if err != nil {
			e.say("no events will be sent, since Lambda refuses the subscription: %v", err)
		} else {
			e.say("no events will be sent, since there is no Telemetry API here")
		}
		return nil
	}
	sending, end := context.WithCancel(context.Background())
	e.end = end
	go e.sender.run(sending)
	if otlp, ok := e.sink.(*otlpSink); ok {
		// Beside the start of the function. What fails is tried again with the first batch, and told then.
		go otlp.readHeaders(sending)
	}
	return nil
}

// OnInvoke sends what has waited for too long.
func (e *Extension) OnInvoke(ctx context.Context, event lifecycle.Event) {
	if !e.subscribed || e.sender.isFailing() || !e.sender.isDue() {
		return
	}
	hold, cancel := context.WithTimeout(ctx, min(holdFor, time.Until(event.Deadline())-margin))
	defer cancel()
	if !e.sender.flush(hold) && ctx.Err() == nil {
		// It is slow: the next invocations are not held until something has been delivered.
		e.sender.failures.Store(failingAfter)
	}
}

// Stop sends all that is there, and what Lambda sends while the environment ends.
func (e *Extension) Stop(ctx context.Context) {
	if !e.subscribed {
		return
	}
	deadline, _ := ctx.Deadline()
	end, cancel := context.WithDeadline(ctx, deadline.Add(-margin/2))
	defer cancel()
	ctx, cancelSending := context.WithDeadline(end, deadline.Add(-margin))
	defer cancelSending()
	close(e.sender.hurry)
	last := time.NewTimer(2 * lambdaKeeps)
	e.sender.flush(ctx)
	select {
	case <-last.C:
	case <-ctx.Done():
	}
	e.server.Shutdown(ctx)
	e.sender.flush(ctx)
	e.end()
	select {
	case <-e.sender.ended:
	case <-end.Done():
	}
	e.notices.tell(true)
}

func (e *Extension) accept(event []byte) {
	var read struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(event, &read) != nil || read.Type == "" {
		e.dropped(1)
		return
	}
	e.notices.addDroppedByLambda(e.metrics.observe(read.Type, event))
	if e.takesEvents() {
		e.buffer.add(event)
	}
}

func (e *Extension) takesEvents() bool { return e.sink.batchBytes() > 0 }

func (e *Extension) dropped(events int) {
	if events > 0 {
		e.metrics.addDropped(events)
		e.notices.addDropped(events)
	}
}

func (e *Extension) say(format string, arguments ...any) {
	fmt.Fprintf(e.notices.out, "telemetry-extension: "+format+"\n", arguments...)
}
