package clientgo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/transport/spdy"
	utilexec "k8s.io/client-go/util/exec"
)

const page = `while true; do printf 'HTTP/1.0 200 OK\r\n\r\nhere' | nc -l -p 8080; done & `

func runningPod(t *testing.T, ctx context.Context, client *kubernetes.Clientset, namespace, script string) string {
	t.Helper()
	pods := client.CoreV1().Pods(namespace)
	_, err := pods.Create(ctx, &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "box"},
		Spec: corev1.PodSpec{
			TerminationGracePeriodSeconds: new(int64),
			Containers: []corev1.Container{{
				Name: "main", Image: "busybox", ImagePullPolicy: corev1.PullIfNotPresent, Command: []string{"sh", "-c", script},
			}},
		},
	}, metav1.CreateOptions{})
	check(t, err)
	eventually(t, ctx, "a running pod", func() (bool, error) {
		pod, err := pods.Get(ctx, "box", metav1.GetOptions{})
		return err == nil && pod.Status.Phase == corev1.PodRunning, err
	})
	return "box"
}

func TestExec(t *testing.T) {
	ctx, client, namespace := setup(t)
	pod := runningPod(t, ctx, client, namespace, "sleep 3600")
	settings := config(t)
	open := map[string]func(url *rest.Request, method string) (remotecommand.Executor, error){
		"WebSocket": func(r *rest.Request, _ string) (remotecommand.Executor, error) {
			return remotecommand.NewWebSocketExecutor(settings, "GET", r.URL().String())
		},
		"SPDY": func(r *rest.Request, method string) (remotecommand.Executor, error) {
			return remotecommand.NewSPDYExecutor(settings, method, r.URL())
		},
	}
	for name, executor := range open {
		t.Run(name, func(t *testing.T) {
			run := func(stdin io.Reader, command ...string) (string, string, error) {
				request := client.CoreV1().RESTClient().Post().Resource("pods").Namespace(namespace).Name(pod).SubResource("exec").
					VersionedParams(&corev1.PodExecOptions{Container: "main", Command: command, Stdin: stdin != nil, Stdout: true, Stderr: true}, scheme.ParameterCodec)
				exec, err := executor(request, "POST")
				check(t, err)
				var out, errs bytes.Buffer
				err = exec.StreamWithContext(ctx, remotecommand.StreamOptions{Stdin: stdin, Stdout: &out, Stderr: &errs})
				return out.String(), errs.String(), err
			}
			out, errs, err := run(nil, "sh", "-c", "echo out; echo err >&2")
			check(t, err)
			if out != "out\n" || errs != "err\n" {
				t.Fatalf("%q, %q", out, errs)
			}
			_, _, err = run(nil, "sh", "-c", "exit 7")
			var exit utilexec.ExitError
			if !errors.As(err, &exit) || exit.ExitStatus() != 7 {
				t.Fatalf("exit: %v", err)
			}
			big := strings.Repeat("0123456789abcdef", 1<<16)
			out, _, err = run(strings.NewReader(big), "cat")
			check(t, err)
			if out != big {
				t.Fatalf("%d bytes of %d came back", len(out), len(big))
			}
		})
	}
}

func TestPortForward(t *testing.T) {
	ctx, client, namespace := setup(t)
	pod := runningPod(t, ctx, client, namespace, page+"sleep 3600")
	settings := config(t)
	url := client.CoreV1().RESTClient().Post().Resource("pods").Namespace(namespace).Name(pod).SubResource("portforward").URL()
	transport, upgrader, err := spdy.RoundTripperFor(settings)
	check(t, err)
	tunnel, err := portforward.NewSPDYOverWebsocketDialer(url, settings)
	check(t, err)
	dialers := map[string]func() (*portforward.PortForwarder, chan struct{}, chan struct{}){}
	add := func(name string, make_ func(stop, ready chan struct{}) (*portforward.PortForwarder, error)) {
		dialers[name] = func() (*portforward.PortForwarder, chan struct{}, chan struct{}) {
			stop, ready := make(chan struct{}), make(chan struct{})
			forwarder, err := make_(stop, ready)
			check(t, err)
			return forwarder, stop, ready
		}
	}
	add("WebSocket", func(stop, ready chan struct{}) (*portforward.PortForwarder, error) {
		return portforward.New(tunnel, []string{"0:8080"}, stop, ready, io.Discard, io.Discard)
	})
	add("SPDY", func(stop, ready chan struct{}) (*portforward.PortForwarder, error) {
		return portforward.New(spdy.NewDialer(upgrader, &http.Client{Transport: transport}, "POST", url), []string{"0:8080"}, stop, ready, io.Discard, io.Discard)
	})
	for name, start := range dialers {
		t.Run(name, func(t *testing.T) {
			forwarder, stop, ready := start()
			done := make(chan error, 1)
			go func() { done <- forwarder.ForwardPorts() }()
			select {
			case <-ready:
			case err := <-done:
				t.Fatal(err)
			}
			ports, err := forwarder.GetPorts()
			check(t, err)
			eventually(t, ctx, "the page", func() (bool, error) {
				response, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/", ports[0].Local))
				if err != nil {
					return false, nil
				}
				defer response.Body.Close()
				body, err := io.ReadAll(response.Body)
				return string(body) == "here", err
			})
			close(stop)
			check(t, <-done)
		})
	}
	// Through the proxy of the API.
	eventually(t, ctx, "the page by proxy", func() (bool, error) {
		body, err := client.CoreV1().Pods(namespace).ProxyGet("http", pod, "8080", "/", nil).DoRaw(ctx)
		return err == nil && string(body) == "here", nil
	})
}

func TestLogs(t *testing.T) {
	ctx, client, namespace := setup(t)
	pod := runningPod(t, ctx, client, namespace, "i=0; while true; do echo line $i; i=$((i+1)); sleep 0.2; done")
	pods := client.CoreV1().Pods(namespace)
	stream, err := pods.GetLogs(pod, &corev1.PodLogOptions{Follow: true}).Stream(ctx)
	check(t, err)
	defer stream.Close()
	lines := bufio.NewScanner(stream)
	for i := range 5 {
		if !lines.Scan() || lines.Text() != fmt.Sprintf("line %d", i) {
			t.Fatalf("line %d: %q, %v", i, lines.Text(), lines.Err())
		}
	}
	tail := int64(1)
	text, err := pods.GetLogs(pod, &corev1.PodLogOptions{TailLines: &tail, Timestamps: true}).DoRaw(ctx)
	check(t, err)
	at, rest, _ := strings.Cut(string(text), " ")
	if _, err := time.Parse(time.RFC3339Nano, at); err != nil || !strings.HasPrefix(rest, "line ") {
		t.Fatalf("%q: %v", text, err)
	}
}
