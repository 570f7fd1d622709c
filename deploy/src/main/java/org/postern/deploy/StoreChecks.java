// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import java.util.List;
import org.postern.delivery.Store;
import org.postern.delivery.spool.SpoolHealth;
import org.postern.delivery.spool.SpoolStore;
import org.postern.deploy.management.Check;

/// What is looked at of a store that runs here.
final class StoreChecks {
    private StoreChecks() {}

    static List<Check> of(Store store) {
        return List.of(
                new Check("store", () -> {
                    SpoolHealth health = store.health();
                    return Check.ready(health.ok(), health.detail());
                }),
                new Check("deliveries", () -> deliveries(store)),
                new Check("set aside", () -> setAside(store.stats())));
    }

    /// Paused by an administrator is as well as can be: mail is taken in.
    private static Check.Condition deliveries(Store store) {
        if (store.queue().paused()) {
            return Check.working(false, "paused; postern queue resume lets them go on");
        }
        String trouble = store.deliveryTrouble();
        return Check.ready(trouble.isEmpty(), trouble);
    }

    /// Mails that are in no queue any more. A damaged one was acknowledged and reaches nobody by itself; what
    /// failed for good has been told to its sender, or came from nobody who could be told. Torn ones were never
    /// acknowledged.
    private static Check.Condition setAside(SpoolStore.Stats stats) {
        String failed = stats.failed() == 0 ? "" : stats.failed() + " failed for good, see postern spool ls";
        return stats.corrupt() == 0
                ? Check.working(true, failed)
                : Check.working(
                        false,
                        stats.corrupt() + " damaged, nobody gets them: see postern spool verify and salvage"
                                + (failed.isEmpty() ? "" : "; " + failed));
    }
}
