package operator

import (
	"context"
	"fmt"
	"strings"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

// hooks fill in a page and refuse rude ones.
type hooks struct{}

func (hooks) setUp(manager ctrl.Manager) error {
	return ctrl.NewWebhookManagedBy(manager, &Site{}).WithDefaulter(hooks{}).WithValidator(hooks{}).Complete()
}

func (hooks) Default(_ context.Context, site *Site) error {
	if site.Spec.Page == "" && site.Spec.Copies > 0 {
		site.Spec.Page = "written by the webhook"
	}
	return nil
}

func (hooks) ValidateCreate(_ context.Context, site *Site) (admission.Warnings, error) {
	return warnings(site), refuseRude(site)
}

func (hooks) ValidateUpdate(_ context.Context, _, site *Site) (admission.Warnings, error) {
	return warnings(site), refuseRude(site)
}

func (hooks) ValidateDelete(_ context.Context, site *Site) (admission.Warnings, error) {
	if site.Labels["protected"] == "yes" {
		return nil, fmt.Errorf("%s is protected", site.Name)
	}
	return nil, nil
}

func warnings(site *Site) admission.Warnings {
	if site.Spec.Copies > 4 {
		return admission.Warnings{"that is a lot of copies"}
	}
	return nil
}

func refuseRude(site *Site) error {
	if strings.Contains(site.Spec.Page, "rude") {
		return fmt.Errorf("page %q is rude", site.Spec.Page)
	}
	return nil
}
