package operator

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	coreapply "k8s.io/client-go/applyconfigurations/core/v1"
	metaapply "k8s.io/client-go/applyconfigurations/meta/v1"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

const (
	finalizer = "operator.test/farewell"
	byImage   = "spec.image"
)

type reconciler struct {
	client.Client
	events events.EventRecorder
	// farewells receives the names of sites that the controller has taken leave of.
	farewells chan string
}

func (r *reconciler) setUp(manager ctrl.Manager) error {
	index := func(object client.Object) []string { return []string{object.(*Site).Spec.Image} }
	if err := manager.GetFieldIndexer().IndexField(context.Background(), &Site{}, byImage, index); err != nil {
		return err
	}
	return ctrl.NewControllerManagedBy(manager).
		For(&Site{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Owns(&appsv1.Deployment{}).
		Owns(&corev1.ConfigMap{}, builder.OnlyMetadata).
		Watches(&corev1.Namespace{}, handler.EnqueueRequestsFromMapFunc(r.sitesOf), builder.OnlyMetadata).
		Complete(r)
}

func (r *reconciler) sitesOf(ctx context.Context, namespace client.Object) []reconcile.Request {
	var sites SiteList
	if r.List(ctx, &sites, client.InNamespace(namespace.GetName())) != nil {
		return nil
	}
	var requests []reconcile.Request
	for i := range sites.Items {
		requests = append(requests, reconcile.Request{NamespacedName: client.ObjectKeyFromObject(&sites.Items[i])})
	}
	return requests
}

func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var site Site
	if err := r.Get(ctx, request.NamespacedName, &site); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if !site.DeletionTimestamp.IsZero() {
		if controllerutil.RemoveFinalizer(&site, finalizer) {
			r.farewells <- site.Name
			return ctrl.Result{}, r.Update(ctx, &site)
		}
		return ctrl.Result{}, nil
	}
	if controllerutil.AddFinalizer(&site, finalizer) {
		if err := r.Update(ctx, &site); err != nil {
			return ctrl.Result{}, err
		}
	}
	if err := r.page(ctx, &site); err != nil {
		return ctrl.Result{}, err
	}
	deployment, err := r.deployment(ctx, &site)
	if err != nil {
		return ctrl.Result{}, err
	}
	return ctrl.Result{}, r.status(ctx, &site, deployment)
}

// page is applied by server-side apply.
func (r *reconciler) page(ctx context.Context, site *Site) error {
	owner := metaapply.OwnerReference().WithAPIVersion(groupVersion.String()).WithKind("Site").WithName(site.Name).
		WithUID(site.UID).WithController(true).WithBlockOwnerDeletion(true)
	page := coreapply.ConfigMap(site.Name, site.Namespace).WithOwnerReferences(owner).
		WithData(map[string]string{"index.html": site.Spec.Page})
	return r.Apply(ctx, page, client.FieldOwner("site-operator"), client.ForceOwnership)
}

// deployment is read, changed and written: in protobuf.
func (r *reconciler) deployment(ctx context.Context, site *Site) (*appsv1.Deployment, error) {
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: site.Name, Namespace: site.Namespace}}
	selector := map[string]string{"site": site.Name}
	done, err := controllerutil.CreateOrUpdate(ctx, r.Client, deployment, func() error {
		copies := site.Spec.Copies
		deployment.Spec.Replicas = &copies
		deployment.Spec.Selector = &metav1.LabelSelector{MatchLabels: selector}
		deployment.Spec.Template.Labels = selector
		spec := &deployment.Spec.Template.Spec
		spec.TerminationGracePeriodSeconds = new(int64)
		if len(spec.Containers) == 0 {
			spec.Containers = []corev1.Container{{Name: "page"}}
		}
		spec.Containers[0].Image = site.Spec.Image
		spec.Containers[0].ImagePullPolicy = corev1.PullIfNotPresent
		spec.Containers[0].Command = []string{"sleep", "3600"}
		return controllerutil.SetControllerReference(site, deployment, r.Scheme())
	})
	if err == nil && done == controllerutil.OperationResultCreated {
		r.events.Eventf(site, deployment, corev1.EventTypeNormal, "Deployed", "Deploy", "deployment %s made", deployment.Name)
	}
	return deployment, err
}

func (r *reconciler) status(ctx context.Context, site *Site, deployment *appsv1.Deployment) error {
	before := site.DeepCopyObject().(*Site)
	ready := metav1.ConditionFalse
	if deployment.Status.ReadyReplicas == site.Spec.Copies && deployment.Status.ObservedGeneration == deployment.Generation {
		ready = metav1.ConditionTrue
	}
	site.Status.Copies = deployment.Status.ReadyReplicas
	site.Status.Selector = labels.SelectorFromSet(map[string]string{"site": site.Name}).String()
	site.Status.ObservedGeneration = site.Generation
	meta.SetStatusCondition(&site.Status.Conditions, metav1.Condition{
		Type: "Ready", Status: ready, ObservedGeneration: site.Generation,
		Reason: "Counted", Message: fmt.Sprintf("%d of %d", deployment.Status.ReadyReplicas, site.Spec.Copies),
	})
	return r.Status().Patch(ctx, site, client.MergeFrom(before))
}

func keyOf(site *Site) types.NamespacedName { return client.ObjectKeyFromObject(site) }
