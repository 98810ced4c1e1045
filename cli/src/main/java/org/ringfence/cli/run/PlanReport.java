package org.ringfence.cli.run;

import org.ringfence.platform.cost.CostTable;
import org.ringfence.platform.plan.Plan;

/** Shows what a VM's memory costs. */
public interface PlanReport {
    /** Shows it. */
    void show(PlanRequest request, CostTable costs, Plan plan);
}
