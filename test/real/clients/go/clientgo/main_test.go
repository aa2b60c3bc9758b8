// Package clientgo uses the Go client as its users do. The cluster is the current context of KUBECONFIG; every test has a
// namespace of its own.
package clientgo

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const patience = 60 * time.Second

// config sends what a client in Go sends to built-in kinds: protobuf.
func config(t *testing.T) *rest.Config {
	t.Helper()
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, nil).ClientConfig()
	if err != nil {
		t.Fatal(err)
	}
	config.QPS, config.Burst = 500, 500
	return config
}

func protobuf(config *rest.Config) *rest.Config {
	config = rest.CopyConfig(config)
	config.ContentType = "application/vnd.kubernetes.protobuf"
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	return config
}

func clientset(t *testing.T, config *rest.Config) *kubernetes.Clientset {
	t.Helper()
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// setup gives a client that speaks protobuf, and a namespace that goes away at the end.
func setup(t *testing.T) (context.Context, *kubernetes.Clientset, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	client := clientset(t, protobuf(config(t)))
	made, err := client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "go-"},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = client.CoreV1().Namespaces().Delete(context.Background(), made.Name, metav1.DeleteOptions{})
	})
	eventually(t, ctx, "the default service account", func() (bool, error) {
		_, err := client.CoreV1().ServiceAccounts(made.Name).Get(ctx, "default", metav1.GetOptions{})
		return err == nil, nil
	})
	return ctx, client, made.Name
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func eventually(t *testing.T, ctx context.Context, what string, probe func() (bool, error)) {
	t.Helper()
	err := wait.PollUntilContextTimeout(ctx, 20*time.Millisecond, patience, true, func(context.Context) (bool, error) {
		return probe()
	})
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func configMap(name string, data map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"app": "go"}}, Data: data}
}

// brokenBody ends as a connection does that breaks.
type brokenBody struct {
	io.ReadCloser
	ctx context.Context
}

func (b *brokenBody) Read(into []byte) (int, error) {
	n, err := b.ReadCloser.Read(into)
	if err != nil && b.ctx.Err() != nil {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// recorder keeps what was asked and in which form it was answered, and can break every open answer.
type recorder struct {
	base  http.RoundTripper
	mutex sync.Mutex
	calls []string
	types []string
	open  []func()
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(request.Context())
	response, err := r.base.RoundTrip(request.WithContext(ctx))
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.calls = append(r.calls, request.Method+" "+request.URL.RequestURI())
	if err == nil {
		r.types = append(r.types, response.Header.Get("Content-Type"))
		response.Body = &brokenBody{response.Body, ctx}
	}
	r.open = append(r.open, cancel)
	return response, err
}

func (r *recorder) breakAll() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, end := range r.open {
		end()
	}
	r.open = nil
}

func (r *recorder) matching(part string) []string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	var found []string
	for _, call := range r.calls {
		if strings.Contains(call, part) {
			found = append(found, call)
		}
	}
	return found
}

func recorded(config *rest.Config) (*rest.Config, *recorder) {
	config = rest.CopyConfig(config)
	record := &recorder{}
	config.Wrap(func(base http.RoundTripper) http.RoundTripper {
		record.base = base
		return record
	})
	return config, record
}
