package operator

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/webhook"
)

// warned keeps the warnings that the API server sends with its answers.
type warned struct {
	mutex sync.Mutex
	texts []string
}

func (w *warned) HandleWarningHeaderWithContext(_ context.Context, _ int, _ string, text string) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.texts = append(w.texts, text)
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func eventually(t *testing.T, ctx context.Context, what string, probe func() (bool, error)) {
	t.Helper()
	err := wait.PollUntilContextTimeout(ctx, 20*time.Millisecond, time.Minute, true, func(context.Context) (bool, error) { return probe() })
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// webhookConfigurations: envtest points them at this process and gives them its certificate.
func webhookConfigurations() ([]*admissionv1.MutatingWebhookConfiguration, []*admissionv1.ValidatingWebhookConfiguration) {
	path := func(verb string) *string {
		path := "/" + verb + "-operator-test-v1-site"
		return &path
	}
	none, fail := admissionv1.SideEffectClassNone, admissionv1.Fail
	rules := func(operations ...admissionv1.OperationType) []admissionv1.RuleWithOperations {
		return []admissionv1.RuleWithOperations{{Operations: operations, Rule: admissionv1.Rule{
			APIGroups: []string{"operator.test"}, APIVersions: []string{"v1"}, Resources: []string{"sites"},
		}}}
	}
	config := func(verb string) admissionv1.WebhookClientConfig {
		return admissionv1.WebhookClientConfig{Service: &admissionv1.ServiceReference{Namespace: "default", Name: "operator", Path: path(verb)}}
	}
	mutating := &admissionv1.MutatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: "sites.operator.test"},
		Webhooks: []admissionv1.MutatingWebhook{{
			Name: "default.operator.test", ClientConfig: config("mutate"), Rules: rules("CREATE", "UPDATE"),
			SideEffects: &none, FailurePolicy: &fail, AdmissionReviewVersions: []string{"v1"},
		}},
	}
	validating := &admissionv1.ValidatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: "sites.operator.test"},
		Webhooks: []admissionv1.ValidatingWebhook{{
			Name: "validate.operator.test", ClientConfig: config("validate"), Rules: rules("CREATE", "UPDATE", "DELETE"),
			SideEffects: &none, FailurePolicy: &fail, AdmissionReviewVersions: []string{"v1"},
			MatchConditions: []admissionv1.MatchCondition{{Name: "not-exempt", Expression: "!('exempt' in object.?metadata.?labels.orValue({}))"}},
		}},
	}
	return []*admissionv1.MutatingWebhookConfiguration{mutating}, []*admissionv1.ValidatingWebhookConfiguration{validating}
}

type running struct {
	client.Client
	ctx       context.Context
	namespace string
	warned    *warned
	farewells chan string
}

// start installs what an operator brings, as its deployment would, and runs it.
func start(t *testing.T) *running {
	ctrl.SetLogger(zap.New(zap.UseDevMode(true), zap.WriteTo(os.Stderr)))
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(cancel)
	scheme := runtime.NewScheme()
	check(t, clientgoscheme.AddToScheme(scheme))
	check(t, addToScheme(scheme))
	existing := true
	mutating, validating := webhookConfigurations()
	environment := &envtest.Environment{
		UseExistingCluster:    &existing,
		CRDInstallOptions:     envtest.CRDInstallOptions{Paths: []string{filepath.Join(os.Getenv("OPERATOR_DIR"), "definition.yaml")}, CleanUpAfterUse: true},
		WebhookInstallOptions: envtest.WebhookInstallOptions{MutatingWebhooks: mutating, ValidatingWebhooks: validating},
	}
	config, err := environment.Start()
	check(t, err)
	config.QPS, config.Burst = 500, 500
	t.Cleanup(func() { check(t, environment.Stop()) })
	direct, err := client.New(config, client.Options{Scheme: scheme})
	check(t, err)
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "operator-"}}
	check(t, direct.Create(ctx, namespace))
	t.Cleanup(func() { _ = direct.Delete(context.Background(), namespace) })
	hook := environment.WebhookInstallOptions
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:  scheme,
		Metrics: server.Options{BindAddress: "0"},
		WebhookServer: webhook.NewServer(webhook.Options{
			Host: hook.LocalServingHost, Port: hook.LocalServingPort, CertDir: hook.LocalServingCertDir,
		}),
		LeaderElection: true, LeaderElectionID: "sites.operator.test", LeaderElectionNamespace: namespace.Name,
		LeaderElectionReleaseOnCancel: true,
	})
	check(t, err)
	farewells := make(chan string, 16)
	check(t, (&reconciler{Client: manager.GetClient(), events: manager.GetEventRecorder("site-operator"), farewells: farewells}).setUp(manager))
	check(t, hooks{}.setUp(manager))
	done := make(chan error, 1)
	managing, stop := context.WithCancel(ctx)
	go func() { done <- manager.Start(managing) }()
	t.Cleanup(func() {
		stop()
		check(t, <-done)
	})
	select {
	case <-manager.Elected():
	case err := <-done:
		t.Fatal(err)
	case <-ctx.Done():
		t.Fatal("never elected")
	}
	eventually(t, ctx, "the webhook server", func() (bool, error) { return manager.GetWebhookServer().StartedChecker()(nil) == nil, nil })
	warned := &warned{}
	user := rest.CopyConfig(config)
	user.WarningHandlerWithContext = warned
	mine, err := client.New(user, client.Options{Scheme: scheme})
	check(t, err)
	return &running{Client: mine, ctx: ctx, namespace: namespace.Name, warned: warned, farewells: farewells}
}

func site(namespace, name string, copies int32, page string) *Site {
	return &Site{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Spec: SiteSpec{Copies: copies, Page: page}}
}

func TestOperator(t *testing.T) {
	op := start(t)
	ctx, namespace := op.ctx, op.namespace

	ready := func(name string, copies int32) func() (bool, error) {
		return func() (bool, error) {
			var got Site
			err := op.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, &got)
			return err == nil && got.Status.Copies == copies && got.Status.ObservedGeneration == got.Generation &&
				meta.IsStatusConditionTrue(got.Status.Conditions, "Ready"), err
		}
	}
	home := site(namespace, "home", 2, "welcome")

	t.Run("a site gets its deployment and page, and a status", func(t *testing.T) {
		check(t, op.Create(ctx, home))
		if home.Spec.Image != "busybox" || home.Generation != 1 {
			t.Fatalf("made: %+v", home)
		}
		eventually(t, ctx, "two ready copies", ready("home", 2))
		var page corev1.ConfigMap
		check(t, op.Get(ctx, keyOf(home), &page))
		if page.Data["index.html"] != "welcome" || !metav1.IsControlledBy(&page, home) {
			t.Fatalf("page: %+v", page)
		}
		check(t, op.Get(ctx, keyOf(home), home))
		if home.Generation != 1 {
			t.Fatalf("writing the status made generation %d", home.Generation)
		}
		var list eventsv1.EventList
		eventually(t, ctx, "the event", func() (bool, error) {
			err := op.List(ctx, &list, client.InNamespace(namespace), client.MatchingFields{"reason": "Deployed"})
			return len(list.Items) == 1 && list.Items[0].Regarding.Kind == "Site", err
		})
	})

	t.Run("what somebody else changes or deletes comes back", func(t *testing.T) {
		check(t, op.Delete(ctx, &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "home"}}))
		check(t, op.Delete(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "home"}}))
		eventually(t, ctx, "a new page", func() (bool, error) {
			var page corev1.ConfigMap
			return op.Get(ctx, keyOf(home), &page) == nil, nil
		})
		eventually(t, ctx, "two ready copies", ready("home", 2))
	})

	t.Run("scale", func(t *testing.T) {
		scale := &autoscalingv1.Scale{}
		check(t, op.SubResource("scale").Get(ctx, home, scale))
		if scale.Spec.Replicas != 2 || scale.Status.Replicas != 2 || scale.Status.Selector != "site=home" {
			t.Fatalf("scale: %+v", scale)
		}
		scale.Spec.Replicas = 3
		check(t, op.SubResource("scale").Update(ctx, home, client.WithSubResourceBody(scale)))
		eventually(t, ctx, "three ready copies", ready("home", 3))
	})

	t.Run("the schema and its rules refuse", func(t *testing.T) {
		err := op.Create(ctx, site(namespace, "many", 6, "x"))
		if !apierrors.IsInvalid(err) || !strings.Contains(err.Error(), "spec.copies: Invalid value: 6: spec.copies in body should be less than or equal to 5") {
			t.Errorf("too many: %v", err)
		}
	})

	t.Run("the webhooks change, refuse and warn", func(t *testing.T) {
		plain := site(namespace, "plain", 1, "")
		check(t, op.Create(ctx, plain))
		if plain.Spec.Page != "written by the webhook" {
			t.Errorf("page: %q", plain.Spec.Page)
		}
		err := op.Create(ctx, site(namespace, "rude", 1, "a rude page"))
		if !apierrors.IsForbidden(err) || err.Error() != `admission webhook "validate.operator.test" denied the request: page "a rude page" is rude` {
			t.Errorf("rude: %v", err)
		}
		exempt := site(namespace, "exempt", 0, "a rude page")
		exempt.Labels = map[string]string{"exempt": ""}
		check(t, op.Create(ctx, exempt))
		many := site(namespace, "five", 5, "x")
		check(t, op.Create(ctx, many, client.DryRunAll))
		if len(op.warned.texts) != 1 || op.warned.texts[0] != "that is a lot of copies" {
			t.Errorf("warnings: %v", op.warned.texts)
		}
		guarded := site(namespace, "guarded", 0, "x")
		guarded.Labels = map[string]string{"protected": "yes"}
		check(t, op.Create(ctx, guarded))
		if err := op.Delete(ctx, guarded); !apierrors.IsForbidden(err) || !strings.HasSuffix(err.Error(), "guarded is protected") {
			t.Errorf("deleting what is protected: %v", err)
		}
		check(t, op.Patch(ctx, guarded, client.RawPatch("application/merge-patch+json", []byte(`{"metadata":{"labels":null}}`))))
	})

	t.Run("a finalizer runs, then everything that is owned goes", func(t *testing.T) {
		check(t, op.Delete(ctx, home, client.PropagationPolicy(metav1.DeletePropagationForeground)))
		select {
		case name := <-op.farewells:
			if name != "home" {
				t.Fatalf("farewell, %s", name)
			}
		case <-ctx.Done():
			t.Fatal("no farewell")
		}
		for _, object := range []client.Object{&appsv1.Deployment{}, &corev1.ConfigMap{}, &Site{}} {
			eventually(t, ctx, "everything to go", func() (bool, error) {
				return apierrors.IsNotFound(op.Get(ctx, keyOf(home), object)), nil
			})
		}
		check(t, op.DeleteAllOf(ctx, &Site{}, client.InNamespace(namespace)))
		eventually(t, ctx, "no sites", func() (bool, error) {
			var left SiteList
			err := op.List(ctx, &left, client.InNamespace(namespace))
			return len(left.Items) == 0, err
		})
	})
}
