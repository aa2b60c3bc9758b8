package clientgo

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/events"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	watchtools "k8s.io/client-go/tools/watch"
)

// seen counts what handlers were told.
type seen struct {
	mutex sync.Mutex
	lines []string
}

func (s *seen) add(format string, args ...any) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

func (s *seen) text() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return strings.Join(s.lines, ", ")
}

func TestSharedInformers(t *testing.T) {
	ctx, client, namespace := setup(t)
	maps := client.CoreV1().ConfigMaps(namespace)
	_, err := maps.Create(ctx, configMap("before", nil), metav1.CreateOptions{})
	check(t, err)
	config, record := recorded(protobuf(config(t)))
	factory := informers.NewSharedInformerFactoryWithOptions(clientset(t, config), 0, informers.WithNamespace(namespace),
		informers.WithTweakListOptions(func(o *metav1.ListOptions) { o.LabelSelector = "app=go" }))
	informer := factory.Core().V1().ConfigMaps()
	told := &seen{}
	_, err = informer.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(o any) { told.add("+%s", o.(*corev1.ConfigMap).Name) },
		UpdateFunc: func(_, o any) { told.add("~%s", o.(*corev1.ConfigMap).Name) },
		DeleteFunc: func(o any) { told.add("-%s", o.(*corev1.ConfigMap).Name) },
	})
	check(t, err)
	running, stop := context.WithCancel(ctx)
	factory.StartWithContext(running)
	t.Cleanup(func() {
		stop()
		factory.Shutdown()
	})
	factory.WaitForCacheSync(ctx.Done())
	started := record.matching("/configmaps")
	if len(started) != 1 || !strings.Contains(started[0], "sendInitialEvents=true") || !strings.Contains(started[0], "watch=true") {
		t.Fatalf("the informer starts with a watch that lists; it sent %v", started)
	}
	if _, err := informer.Lister().ConfigMaps(namespace).Get("before"); err != nil {
		t.Fatal(err)
	}
	made, err := maps.Create(ctx, configMap("new", nil), metav1.CreateOptions{})
	check(t, err)
	made.Data = map[string]string{"k": "v"}
	_, err = maps.Update(ctx, made, metav1.UpdateOptions{})
	check(t, err)
	eventually(t, ctx, "adding and updating", func() (bool, error) { return told.text() == "+before, +new, ~new", nil })
	record.breakAll()
	check(t, maps.Delete(ctx, "new", metav1.DeleteOptions{}))
	_, err = maps.Create(ctx, configMap("late", nil), metav1.CreateOptions{})
	check(t, err)
	eventually(t, ctx, "what happened while the connection was broken", func() (bool, error) {
		return told.text() == "+before, +new, ~new, -new, +late", nil
	})
	for _, call := range record.matching("/configmaps")[1:] {
		if strings.Contains(call, "sendInitialEvents") || !strings.Contains(call, "resourceVersion=") {
			t.Errorf("a broken watch goes on from its revision, but it asked %s", call)
		}
	}
	// An object that leaves the selection looks deleted.
	_, err = maps.Patch(ctx, "late", "application/merge-patch+json", []byte(`{"metadata":{"labels":{"app":null}}}`), metav1.PatchOptions{})
	check(t, err)
	eventually(t, ctx, "leaving the selection", func() (bool, error) { return strings.HasSuffix(told.text(), ", -late"), nil })
	if all, _ := informer.Lister().List(labels.Everything()); len(all) != 1 {
		t.Fatalf("left: %v", all)
	}
}

func TestDynamicAndMetadataInformers(t *testing.T) {
	ctx, client, namespace := setup(t)
	resource := schema.GroupVersionResource{Version: "v1", Resource: "secrets"}
	objects, err := dynamic.NewForConfig(config(t))
	check(t, err)
	only, err := metadata.NewForConfig(config(t))
	check(t, err)
	dynamics := dynamicinformer.NewFilteredDynamicSharedInformerFactory(objects, 0, namespace, nil)
	metadatas := metadatainformer.NewFilteredSharedInformerFactory(only, 0, namespace, nil)
	listers := []cache.GenericLister{dynamics.ForResource(resource).Lister(), metadatas.ForResource(resource).Lister()}
	running, stop := context.WithCancel(ctx)
	dynamics.Start(running.Done())
	metadatas.Start(running.Done())
	t.Cleanup(func() {
		stop()
		dynamics.Shutdown()
		metadatas.Shutdown()
	})
	dynamics.WaitForCacheSync(ctx.Done())
	metadatas.WaitForCacheSync(ctx.Done())
	_, err = client.CoreV1().Secrets(namespace).Create(ctx, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "s"}}, metav1.CreateOptions{})
	check(t, err)
	for _, lister := range listers {
		eventually(t, ctx, "the secret", func() (bool, error) {
			_, err := lister.ByNamespace(namespace).Get("s")
			return err == nil, nil
		})
	}
}

func TestWatchesResume(t *testing.T) {
	ctx, client, namespace := setup(t)
	maps := client.CoreV1().ConfigMaps(namespace)
	list, err := maps.List(ctx, metav1.ListOptions{})
	check(t, err)
	config, record := recorded(protobuf(config(t)))
	watched := clientset(t, config).CoreV1().ConfigMaps(namespace)
	source := &cache.ListWatch{WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
		return watched.Watch(ctx, options)
	}}
	watching, err := watchtools.NewRetryWatcherWithContext(ctx, list.ResourceVersion, source)
	check(t, err)
	defer watching.Stop()
	for i := range 6 {
		name := fmt.Sprintf("m%d", i)
		_, err := maps.Create(ctx, configMap(name, nil), metav1.CreateOptions{})
		check(t, err)
		if event := <-watching.ResultChan(); event.Type != watch.Added || event.Object.(*corev1.ConfigMap).Name != name {
			t.Fatalf("event %d: %+v", i, event)
		}
		record.breakAll()
	}
	// A watch that ends by its own time limit.
	seconds := int64(1)
	short, err := maps.Watch(ctx, metav1.ListOptions{TimeoutSeconds: &seconds, ResourceVersion: list.ResourceVersion})
	check(t, err)
	count := 0
	for event := range short.ResultChan() {
		if event.Type != watch.Added {
			t.Fatalf("event: %+v", event)
		}
		count++
	}
	if count != 6 {
		t.Fatalf("%d events", count)
	}
	_, err = watchtools.UntilWithSync(ctx, cache.NewListWatchFromClient(client.CoreV1().RESTClient(), "configmaps", namespace, fields.OneTermEqualSelector("metadata.name", "m3")), &corev1.ConfigMap{}, nil,
		func(event watch.Event) (bool, error) { return event.Object.(*corev1.ConfigMap).Name == "m3", nil })
	check(t, err)
}

func TestLeaderElection(t *testing.T) {
	ctx, client, namespace := setup(t)
	var leading atomic.Int32
	told := &seen{}
	campaign := func(name string) (context.CancelFunc, <-chan struct{}) {
		mine, stop := context.WithCancel(ctx)
		done := make(chan struct{})
		lock, err := resourcelock.New(resourcelock.LeasesResourceLock, namespace, "lock", client.CoreV1(), client.CoordinationV1(), resourcelock.ResourceLockConfig{Identity: name})
		check(t, err)
		go func() {
			defer close(done)
			leaderelection.RunOrDie(mine, leaderelection.LeaderElectionConfig{
				Lock: lock, ReleaseOnCancel: true,
				LeaseDuration: 3 * time.Second, RenewDeadline: 2 * time.Second, RetryPeriod: 200 * time.Millisecond,
				Callbacks: leaderelection.LeaderCallbacks{
					OnStartedLeading: func(context.Context) {
						if leading.Add(1) > 1 {
							told.add("two at once")
						}
						told.add("%s leads", name)
					},
					OnStoppedLeading: func() { leading.Store(0) },
				},
			})
		}()
		return stop, done
	}
	stopOne, doneOne := campaign("one")
	eventually(t, ctx, "one to lead", func() (bool, error) { return told.text() == "one leads", nil })
	stopTwo, doneTwo := campaign("two")
	time.Sleep(4 * time.Second) // longer than a lease: it is being renewed
	if told.text() != "one leads" {
		t.Fatal(told.text())
	}
	stopOne()
	<-doneOne
	eventually(t, ctx, "two to lead", func() (bool, error) { return told.text() == "one leads, two leads", nil })
	lease, err := client.CoordinationV1().Leases(namespace).Get(ctx, "lock", metav1.GetOptions{})
	check(t, err)
	if *lease.Spec.HolderIdentity != "two" || *lease.Spec.LeaseTransitions < 1 || lease.Spec.RenewTime.IsZero() {
		t.Fatalf("lease: %+v", lease.Spec)
	}
	stopTwo()
	<-doneTwo
}

func TestEvents(t *testing.T) {
	ctx, client, namespace := setup(t)
	object, err := client.CoreV1().ConfigMaps(namespace).Create(ctx, configMap("a", nil), metav1.CreateOptions{})
	check(t, err)
	broadcaster := events.NewBroadcaster(&events.EventSinkImpl{Interface: client.EventsV1()})
	check(t, broadcaster.StartRecordingToSinkWithContext(ctx))
	defer broadcaster.Shutdown()
	recorder := broadcaster.NewRecorder(scheme.Scheme, "go-test")
	for range 3 { // the second and third become a series
		recorder.Eventf(object, nil, corev1.EventTypeNormal, "Seen", "Looking", "saw %s", object.Name)
	}
	eventually(t, ctx, "the event", func() (bool, error) {
		list, err := client.EventsV1().Events(namespace).List(ctx, metav1.ListOptions{FieldSelector: "reason=Seen,regarding.name=a"})
		return err == nil && len(list.Items) == 1 && list.Items[0].Note == "saw a", err
	})
	old, err := client.CoreV1().Events(namespace).List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.name=a"})
	check(t, err)
	if len(old.Items) != 1 || old.Items[0].Message != "saw a" || old.Items[0].ReportingController != "go-test" {
		t.Fatalf("as core/v1: %+v", old.Items)
	}
}
