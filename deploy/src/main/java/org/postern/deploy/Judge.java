// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import java.util.List;
import org.postern.core.config.ConfigException;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.Assessor;
import org.postern.core.filter.ClassedAssessor;
import org.postern.core.filter.FarmPolicy;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.filter.RecipientPolicy;
import org.postern.core.filter.Verdict;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.pipeline.ScanPipeline;

/// Judges the mail of a farm by a policy that can be replaced while it runs. Any thread.
final class Judge implements Assessor {
    private final ScanPipeline pipeline;
    private volatile ClassedAssessor classed;

    /// @param pipeline made with the lenient form of the policy
    Judge(ScanPipeline pipeline, FarmPolicy policy, List<RecipientPolicy> classes) {
        this.pipeline = pipeline;
        this.classed = new ClassedAssessor(policy, classes, pipeline);
    }

    /// @throws ConfigException where the policy names a filter that does not run, or takes the virus scanner away
    void check(FarmPolicy policy) {
        if (NoVirusScanner.in(policy) && !NoVirusScanner.in(pipeline.policy())) {
            throw new ConfigException(
                    "farm \"" + policy.farm() + "\" runs with a virus scanner, and is left without one:"
                            + " restart it if that is meant, or keep clamav among its filters");
        }
        pipeline.check(policy);
    }

    /// Judges the mails that come from now on by another policy. To be called after [#check].
    void judgeBy(FarmPolicy policy, List<RecipientPolicy> classes) {
        pipeline.judgeBy(policy.lenient(classes));
        classed = new ClassedAssessor(policy, classes, pipeline);
    }

    @Override
    public Assessment assess(MailTransaction mail, Deadline deadline) {
        return classed.assess(mail, deadline);
    }

    @Override
    public String policyClass(ForwardPath recipient) {
        return classed.policyClass(recipient);
    }

    /// A scan that ended early because the mail was refused stays a refusal, should the policy have changed since:
    /// under another one, filters that were not needed would have had to look.
    @Override
    public Assessment judge(String policyClass, Assessment found) {
        boolean endedEarly =
                found.silent().values().stream().anyMatch(silence -> silence.reason() == NoVerdictReason.NOT_NEEDED);
        return endedEarly && found.verdict() instanceof Verdict.Reject ? found : classed.judge(policyClass, found);
    }

    @Override
    public void connected(ClientInfo client) {
        pipeline.connected(client);
    }
}
