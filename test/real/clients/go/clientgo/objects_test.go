package clientgo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	appsapply "k8s.io/client-go/applyconfigurations/apps/v1"
	coreapply "k8s.io/client-go/applyconfigurations/core/v1"
	metaapply "k8s.io/client-go/applyconfigurations/meta/v1"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	scaleclient "k8s.io/client-go/scale"
	"k8s.io/client-go/tools/pager"
	"k8s.io/client-go/util/retry"
)

func deployment(name, image string, replicas int32) *appsv1.Deployment {
	labels := map[string]string{"app": name}
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{
					TerminationGracePeriodSeconds: new(int64),
					Containers: []corev1.Container{{
						Name:            "main",
						Image:           image,
						ImagePullPolicy: corev1.PullIfNotPresent,
						Command:         []string{"sleep", "3600"},
						Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{
							corev1.ResourceCPU:    resource.MustParse("10m"),
							corev1.ResourceMemory: resource.MustParse("16Mi"),
						}},
					}},
				},
			},
		},
	}
}

func TestProtobufBothWays(t *testing.T) {
	ctx, _, namespace := setup(t)
	config, record := recorded(protobuf(config(t)))
	client := clientset(t, config)
	maps := client.CoreV1().ConfigMaps(namespace)
	made, err := maps.Create(ctx, configMap("a", map[string]string{"k": "v"}), metav1.CreateOptions{})
	check(t, err)
	made.BinaryData = map[string][]byte{"bytes": {0, 255, 1}}
	updated, err := maps.Update(ctx, made, metav1.UpdateOptions{})
	check(t, err)
	if updated.UID != made.UID || updated.ResourceVersion == made.ResourceVersion || len(updated.BinaryData["bytes"]) != 3 {
		t.Fatalf("updated: %+v", updated)
	}
	list, err := maps.List(ctx, metav1.ListOptions{LabelSelector: "app=go"})
	check(t, err)
	if len(list.Items) != 1 || list.ResourceVersion == "" {
		t.Fatalf("listed: %+v", list)
	}
	watching, err := maps.Watch(ctx, metav1.ListOptions{ResourceVersion: list.ResourceVersion})
	check(t, err)
	check(t, maps.Delete(ctx, "a", metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(made.UID))}))
	if event := <-watching.ResultChan(); event.Type != "DELETED" || event.Object.(*corev1.ConfigMap).Name != "a" {
		t.Fatalf("watched: %+v", event)
	}
	watching.Stop()
	for _, got := range record.types {
		if !strings.HasPrefix(got, "application/vnd.kubernetes.protobuf") {
			t.Errorf("answered in %q", got)
		}
	}
}

func TestErrors(t *testing.T) {
	ctx, client, namespace := setup(t)
	maps := client.CoreV1().ConfigMaps(namespace)
	_, err := maps.Get(ctx, "none", metav1.GetOptions{})
	if !apierrors.IsNotFound(err) || err.Error() != `configmaps "none" not found` {
		t.Errorf("not found: %v", err)
	}
	first, err := maps.Create(ctx, configMap("a", nil), metav1.CreateOptions{})
	check(t, err)
	_, err = maps.Create(ctx, configMap("a", nil), metav1.CreateOptions{})
	if !apierrors.IsAlreadyExists(err) || err.Error() != `configmaps "a" already exists` {
		t.Errorf("exists: %v", err)
	}
	first.Data = map[string]string{"x": "1"}
	_, err = maps.Update(ctx, first, metav1.UpdateOptions{})
	check(t, err)
	first.Data = map[string]string{"x": "2"}
	_, err = maps.Update(ctx, first, metav1.UpdateOptions{})
	if !apierrors.IsConflict(err) {
		t.Errorf("conflict: %v", err)
	}
	_, err = maps.Create(ctx, configMap("A_b", nil), metav1.CreateOptions{})
	if !apierrors.IsInvalid(err) || !strings.Contains(err.Error(), `ConfigMap "A_b" is invalid: metadata.name: Invalid value: "A_b"`) {
		t.Errorf("invalid: %v", err)
	}
	_, err = maps.List(ctx, metav1.ListOptions{ResourceVersion: "1", ResourceVersionMatch: metav1.ResourceVersionMatchExact})
	if err != nil && !apierrors.IsResourceExpired(err) {
		t.Errorf("an old revision: %v", err)
	}
	_, err = maps.List(ctx, metav1.ListOptions{Continue: "nonsense"})
	if !apierrors.IsBadRequest(err) && !apierrors.IsResourceExpired(err) {
		t.Errorf("continue: %v", err)
	}
	wrong := types.UID("other")
	err = maps.Delete(ctx, "a", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &wrong}})
	if !apierrors.IsConflict(err) {
		t.Errorf("precondition: %v", err)
	}
	_, err = client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{}, metav1.CreateOptions{})
	if !apierrors.IsInvalid(err) {
		t.Errorf("no name: %v", err)
	}
}

func TestPages(t *testing.T) {
	ctx, client, namespace := setup(t)
	maps := client.CoreV1().ConfigMaps(namespace)
	for i := range 12 {
		_, err := maps.Create(ctx, configMap(fmt.Sprintf("m%02d", i), nil), metav1.CreateOptions{})
		check(t, err)
	}
	var names, revisions []string
	pages := pager.New(func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		list, err := maps.List(ctx, options)
		if err == nil {
			revisions = append(revisions, list.ResourceVersion)
		}
		return list, err
	})
	pages.PageSize = 5
	check(t, pages.EachListItem(ctx, metav1.ListOptions{LabelSelector: "app=go"}, func(object runtime.Object) error {
		names = append(names, object.(*corev1.ConfigMap).Name)
		return nil
	}))
	if len(names) != 12 || !slices.IsSorted(names) || len(revisions) != 3 || revisions[0] != revisions[2] {
		t.Fatalf("%v at %v", names, revisions)
	}
	first, err := maps.List(ctx, metav1.ListOptions{Limit: 5})
	check(t, err)
	if first.RemainingItemCount == nil || *first.RemainingItemCount != 8 { // kube-root-ca.crt is one more
		t.Fatalf("remaining: %v", first.RemainingItemCount)
	}
}

func TestPatches(t *testing.T) {
	ctx, client, namespace := setup(t)
	deployments := client.AppsV1().Deployments(namespace)
	_, err := deployments.Create(ctx, deployment("web", "busybox", 0), metav1.CreateOptions{})
	check(t, err)
	patch := func(kind types.PatchType, text string) *appsv1.Deployment {
		t.Helper()
		got, err := deployments.Patch(ctx, "web", kind, []byte(text), metav1.PatchOptions{})
		check(t, err)
		return got
	}
	patch(types.MergePatchType, `{"metadata":{"labels":{"a":"b"}}}`)
	patch(types.JSONPatchType, `[{"op":"test","path":"/metadata/labels/a","value":"b"},{"op":"remove","path":"/metadata/labels/a"}]`)
	got := patch(types.StrategicMergePatchType, `{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"busybox"}]}}}}`)
	if len(got.Spec.Template.Spec.Containers) != 2 || len(got.Labels) != 0 {
		t.Fatalf("patched: %+v", got)
	}
	got = patch(types.StrategicMergePatchType, `{"spec":{"template":{"spec":{"containers":[{"name":"side","$patch":"delete"}]}}}}`)
	if len(got.Spec.Template.Spec.Containers) != 1 {
		t.Fatalf("patched: %+v", got)
	}
	dry, err := deployments.Patch(ctx, "web", types.MergePatchType, []byte(`{"spec":{"replicas":7}}`), metav1.PatchOptions{DryRun: []string{metav1.DryRunAll}})
	check(t, err)
	now, err := deployments.Get(ctx, "web", metav1.GetOptions{})
	check(t, err)
	if *dry.Spec.Replicas != 7 || *now.Spec.Replicas != 0 {
		t.Fatalf("dry run: %d, then %d", *dry.Spec.Replicas, *now.Spec.Replicas)
	}
}

func TestServerSideApply(t *testing.T) {
	ctx, client, namespace := setup(t)
	deployments := client.AppsV1().Deployments(namespace)
	labels := map[string]string{"app": "web"}
	wanted := appsapply.Deployment("web", namespace).WithSpec(appsapply.DeploymentSpec().
		WithReplicas(0).
		WithSelector(metaapply.LabelSelector().WithMatchLabels(labels)).
		WithTemplate(coreapply.PodTemplateSpec().WithLabels(labels).
			WithSpec(coreapply.PodSpec().WithContainers(coreapply.Container().WithName("c").WithImage("busybox")))))
	_, err := deployments.Apply(ctx, wanted, metav1.ApplyOptions{FieldManager: "one"})
	check(t, err)
	other := appsapply.Deployment("web", namespace).WithSpec(appsapply.DeploymentSpec().WithReplicas(1))
	_, err = deployments.Apply(ctx, other, metav1.ApplyOptions{FieldManager: "two"})
	const conflict = `Apply failed with 1 conflict: conflict with "one": .spec.replicas`
	if !apierrors.IsConflict(err) || err.Error() != conflict {
		t.Fatalf("conflict: %v", err)
	}
	forced, err := deployments.Apply(ctx, other, metav1.ApplyOptions{FieldManager: "two", Force: true})
	check(t, err)
	if *forced.Spec.Replicas != 1 || len(forced.Spec.Template.Spec.Containers) != 1 {
		t.Fatalf("forced: %+v", forced.Spec)
	}
	mine, err := appsapply.ExtractDeployment(forced, "one")
	check(t, err)
	if mine.Spec.Replicas != nil || *mine.Spec.Template.Spec.Containers[0].Image != "busybox" {
		t.Fatalf("extracted: %+v", mine.Spec)
	}
	condition := appsapply.DeploymentCondition().WithType("Odd").WithStatus(corev1.ConditionTrue)
	status := appsapply.Deployment("web", namespace).WithStatus(appsapply.DeploymentStatus().WithConditions(condition))
	applied, err := deployments.ApplyStatus(ctx, status, metav1.ApplyOptions{FieldManager: "three", Force: true})
	check(t, err)
	if !slices.ContainsFunc(applied.Status.Conditions, func(c appsv1.DeploymentCondition) bool { return c.Type == "Odd" }) {
		t.Fatalf("status: %+v", applied.Status)
	}
}

func TestSubresources(t *testing.T) {
	ctx, client, namespace := setup(t)
	deployments := client.AppsV1().Deployments(namespace)
	_, err := deployments.Create(ctx, deployment("web", "busybox", 1), metav1.CreateOptions{})
	check(t, err)
	check(t, retry.RetryOnConflict(retry.DefaultRetry, func() error {
		scale, err := deployments.GetScale(ctx, "web", metav1.GetOptions{})
		check(t, err)
		scale.Spec.Replicas = 2
		_, err = deployments.UpdateScale(ctx, "web", scale, metav1.UpdateOptions{})
		return err
	}))
	_, err = deployments.UpdateScale(ctx, "web", &autoscalingv1.Scale{ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: namespace}, Spec: autoscalingv1.ScaleSpec{Replicas: 3}}, metav1.UpdateOptions{})
	check(t, err)
	eventually(t, ctx, "three ready pods", func() (bool, error) {
		got, err := deployments.Get(ctx, "web", metav1.GetOptions{})
		return err == nil && got.Status.ReadyReplicas == 3 && got.Status.ObservedGeneration == got.Generation, err
	})
	two := intstr.FromInt32(2)
	_, err = client.PolicyV1().PodDisruptionBudgets(namespace).Create(ctx, &policyv1.PodDisruptionBudget{
		ObjectMeta: metav1.ObjectMeta{Name: "web"},
		Spec:       policyv1.PodDisruptionBudgetSpec{MinAvailable: &two, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}}},
	}, metav1.CreateOptions{})
	check(t, err)
	eventually(t, ctx, "a budget that is counted", func() (bool, error) {
		got, err := client.PolicyV1().PodDisruptionBudgets(namespace).Get(ctx, "web", metav1.GetOptions{})
		return err == nil && got.Status.DisruptionsAllowed == 1, err
	})
	pods, err := client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{})
	check(t, err)
	evict := func(i int) error {
		return client.CoreV1().Pods(namespace).EvictV1(ctx, &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: pods.Items[i].Name}})
	}
	check(t, evict(0))
	if err := evict(1); !apierrors.IsTooManyRequests(err) {
		t.Fatalf("the second eviction: %v", err)
	}
	token, err := client.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, "default", &authenticationv1.TokenRequest{}, metav1.CreateOptions{})
	check(t, err)
	asAccount := rest.AnonymousClientConfig(config(t))
	asAccount.BearerToken = token.Status.Token
	self, err := clientset(t, asAccount).AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	check(t, err)
	if self.Status.UserInfo.Username != "system:serviceaccount:"+namespace+":default" {
		t.Fatalf("I am %v", self.Status.UserInfo)
	}
	impersonating := rest.CopyConfig(config(t))
	impersonating.Impersonate = rest.ImpersonationConfig{UserName: "somebody"}
	if _, err := clientset(t, impersonating).CoreV1().Nodes().List(ctx, metav1.ListOptions{}); !apierrors.IsForbidden(err) {
		t.Fatalf("somebody lists nodes: %v", err)
	}
}

func TestDynamicMetadataAndDiscovery(t *testing.T) {
	ctx, client, namespace := setup(t)
	cached := memory.NewMemCacheClient(client.Discovery())
	groups, lists, err := cached.ServerGroupsAndResources()
	check(t, err)
	if len(groups) < 20 || len(lists) < 20 {
		t.Fatalf("%d groups, %d lists", len(groups), len(lists))
	}
	mapper := restmapper.NewShortcutExpander(restmapper.NewDeferredDiscoveryRESTMapper(cached), cached, nil)
	resource, err := mapper.ResourceFor(schema.GroupVersionResource{Resource: "deploy"})
	check(t, err)
	if resource != (schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}) {
		t.Fatalf("deploy is %v", resource)
	}
	mapping, err := mapper.RESTMapping(schema.GroupKind{Kind: "ConfigMap"})
	check(t, err)
	objects, err := dynamic.NewForConfig(config(t))
	check(t, err)
	maps := objects.Resource(mapping.Resource).Namespace(namespace)
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap",
		"metadata": map[string]any{"name": "d", "labels": map[string]any{"app": "go"}},
		"data":     map[string]any{"k": "v"},
	}}
	_, err = maps.Create(ctx, object, metav1.CreateOptions{})
	check(t, err)
	check(t, unstructured.SetNestedField(object.Object, "w", "data", "k"))
	applied, err := maps.Apply(ctx, "d", object, metav1.ApplyOptions{FieldManager: "dynamic", Force: true})
	check(t, err)
	if value, _, _ := unstructured.NestedString(applied.Object, "data", "k"); value != "w" {
		t.Fatalf("applied: %v", applied.Object)
	}
	list, err := maps.List(ctx, metav1.ListOptions{LabelSelector: "app=go"})
	check(t, err)
	if len(list.Items) != 1 || list.GetKind() != "ConfigMapList" || list.Items[0].GetKind() != "ConfigMap" {
		t.Fatalf("listed: %v", list.Object)
	}
	only, err := metadata.NewForConfig(config(t))
	check(t, err)
	partial, err := only.Resource(mapping.Resource).Namespace(namespace).Get(ctx, "d", metav1.GetOptions{})
	check(t, err)
	if partial.UID != applied.GetUID() || partial.Labels["app"] != "go" {
		t.Fatalf("metadata: %+v", partial)
	}
	partials, err := only.Resource(mapping.Resource).Namespace(namespace).List(ctx, metav1.ListOptions{})
	check(t, err)
	if len(partials.Items) != 2 {
		t.Fatalf("metadata: %+v", partials)
	}
	check(t, only.Resource(mapping.Resource).Namespace(namespace).DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "app=go"}))
	scales, err := scaleclient.NewForConfig(config(t), mapper, dynamic.LegacyAPIPathResolverFunc, scaleclient.NewDiscoveryScaleKindResolver(client.Discovery()))
	check(t, err)
	_, err = client.AppsV1().ReplicaSets(namespace).Create(ctx, &appsv1.ReplicaSet{
		ObjectMeta: metav1.ObjectMeta{Name: "rs"},
		Spec:       appsv1.ReplicaSetSpec{Replicas: new(int32), Selector: deployment("x", "y", 0).Spec.Selector, Template: deployment("x", "y", 0).Spec.Template},
	}, metav1.CreateOptions{})
	check(t, err)
	got, err := scales.Scales(namespace).Get(ctx, schema.GroupResource{Group: "apps", Resource: "replicasets"}, "rs", metav1.GetOptions{})
	check(t, err)
	if got.Status.Selector != "app=x" {
		t.Fatalf("scale: %+v", got)
	}
	paths, err := client.Discovery().OpenAPIV3().Paths()
	check(t, err)
	document, err := paths["apis/apps/v1"].Schema("application/com.github.proto-openapi.spec.v3@v1.0+protobuf")
	check(t, err)
	if len(document) == 0 {
		t.Fatal("no OpenAPI v3 for apps/v1")
	}
	if _, err := client.Discovery().OpenAPISchema(); err != nil {
		t.Fatal(err)
	}
}
