// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.postern.testkit.Ports;

/// What the benchmark changes in a site that `postern init` wrote: ports nobody else uses.
final class PosternSite {
    private PosternSite() {}

    /// The words after `postern all-in-one`.
    static List<String> arguments(Path site, int port) {
        int handoff = Ports.free();
        List<String> arguments =
                new ArrayList<>(List.of("--config", site.resolve("postern.yaml").toString()));
        for (String setting : List.of(
                "farms.mx.listen.0.port=" + port,
                "farms.submission.listen.0.port=" + Ports.free(),
                "farms.submission.listen.1.port=" + Ports.free(),
                "store.qmqp.listen=127.0.0.1:" + Ports.free(),
                "store.handoff.listen=127.0.0.1:" + handoff,
                "handoff.stores.0=127.0.0.1:" + handoff,
                "management.listen=127.0.0.1:" + Ports.free())) {
            arguments.addAll(List.of("--set", setting));
        }
        return arguments;
    }

    /// Where mail waits for delivery.
    static Path spool(Path site) {
        return site.resolve("spool");
    }
}
