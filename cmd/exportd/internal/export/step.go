package export

// The steps at which tests kill a run, by their numbers in the package's
// documentation.
const (
	StepLock       = "1-locked"
	StepPlan       = "2-plan"
	StepAssets     = "2-assets"
	StepBranch     = "3-branch"      // delivered, and not in the journal
	StepBranchKept = "3-branch-kept" // in the journal
	StepAsset      = "3-asset"
	StepAssetKept  = "3-asset-kept"
	StepSynced     = "4-synced"
	StepRecorded   = "5-recorded" // the manifest's sum is in the state
	StepPublished  = "5-published"
)

// Steps lists them in their order.
func Steps() []string {
	return []string{StepLock, StepPlan, StepAssets, StepBranch, StepBranchKept, StepAsset, StepAssetKept, StepSynced, StepRecorded, StepPublished}
}
