// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.filter.FarmPolicy;
import org.postern.core.filter.FilterPolicy;
import org.postern.core.filter.RecipientPolicy;
import org.postern.core.filter.Thresholds;
import org.postern.delivery.signing.SigningConfig;
import org.postern.scanworkers.pipeline.PipelineConfig;
import org.postern.smtpfront.Authentication;
import org.postern.smtpfront.BareLineEnds;
import org.postern.smtpfront.LimitsConfig;
import org.postern.smtpfront.ListenerConfig;
import org.postern.smtpfront.SmtpFrontConfig;
import org.postern.smtpfront.TimeoutsConfig;
import org.postern.smtpfront.TlsConfig;
import org.postern.smtpfront.admission.AdmissionConfig;

/// One farm: where its mail comes in, and how it is judged.
@Doc("A farm: fronts that treat mail alike.")
public record FarmConfig(
        @Doc("Where the farm listens; at least one.") List<ListenerConfig> listen,

        @Doc("none, optional or required; required means also for mail to local domains.") @Default("none")
        Authentication authentication,

        @Doc("From the end of a message to the reply, filters and handoff included; 2s to 9m.") @Default("60s")
        Duration deadline,

        @Doc("The part of the deadline kept back for the store; a sixth of it where it is not set.")
        Optional<Duration> handoffReserve,

        @Doc("refuse or normalise: a CR or LF on its own in a message.") @Default("refuse")
        BareLineEnds bareLineEnds,

        @Doc("Whether BINARYMIME is offered: only where all that is behind keeps every octet.") @Default("false")
        boolean binaryMime,

        @Doc("Bounds of sessions and messages.") LimitsConfig limits,

        @Doc("How long the front waits for a client.") TimeoutsConfig timeouts,

        @Doc("Certificate and key of this farm.") Optional<TlsConfig> tls,

        @Doc("Who is let in, and how fast; see guides/admission.md.")
        AdmissionConfig admission,

        @Doc("The scores that matter: tag, quarantine, reject; one that is not set is never reached.")
        Thresholds thresholds,

        @Doc("Classes of recipients with thresholds of their own.") @Default("[]")
        List<RecipientPolicyConfig> recipientPolicies,

        @Doc("What is added to mail that users submit; only where authentication is required.")
        Optional<SigningConfig> signing,

        @Doc("The filters of the farm by name.") @Default("{}")
        Map<String, FarmFilterConfig> filters,

        @Doc("How the filters are run.") PipelineConfig scanning) {
    public FarmConfig {
        listen = List.copyOf(listen);
        filters = Map.copyOf(filters);
        recipientPolicies = List.copyOf(recipientPolicies);
        if (signing.isPresent() && authentication != Authentication.REQUIRED) {
            // A signature vouches for a user.
            throw new IllegalArgumentException("signing needs authentication: required");
        }
    }

    /// The SMTP side.
    ///
    /// @param general certificate and key where the farm has none of its own
    public SmtpFrontConfig smtp(TlsConfig general) {
        return new SmtpFrontConfig(
                listen,
                authentication,
                deadline,
                handoffReserve.orElse(deadline.dividedBy(6)),
                bareLineEnds,
                binaryMime,
                limits,
                timeouts,
                tls.orElse(general),
                admission);
    }

    /// The classes of recipients.
    public List<RecipientPolicy> classes() {
        return recipientPolicies.stream().map(RecipientPolicyConfig::policy).toList();
    }

    /// The arithmetic.
    public FarmPolicy policy(String farm) {
        Map<String, FilterPolicy> policies = new TreeMap<>();
        filters.forEach((name, use) -> policies.put(name, use.policy()));
        return new FarmPolicy(farm, thresholds, policies);
    }
}
