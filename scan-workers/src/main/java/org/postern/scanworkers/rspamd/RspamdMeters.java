// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rspamd;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.postern.scanworkers.pool.AnswerMeter;

/// What the rspamd of one pool say of mails, and how long they say it took them.
///
/// @param answers counts the words
record RspamdMeters(AnswerMeter answers, MeterRegistry registry) {
    void answered(String backend, RspamdReply reply) {
        switch (reply) {
            case RspamdReply.Scored scored -> {
                answers.count(backend, scored.action().replace(' ', '-'));
                took(backend, scored.took());
            }
            case RspamdReply.Partial partial -> {
                answers.count(backend, "partial");
                took(backend, partial.took());
            }
            case RspamdReply.Failed _ -> answers.count(backend, "failed");
        }
    }

    private void took(String backend, Duration took) {
        if (took.isPositive()) {
            Timer.builder("postern.rspamd.scan")
                    .description("time that rspamd says a mail took it, partial results included")
                    .tags("backend", backend)
                    .register(registry)
                    .record(took);
        }
    }
}
