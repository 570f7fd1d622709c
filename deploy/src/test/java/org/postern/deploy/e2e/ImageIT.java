// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.postern.testkit.PosternContainer;
import org.postern.testkit.Tool;

/// Postern's own image: the distribution with a Java runtime made for it.
class ImageIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Path ROOT = PosternProcess.projectRoot();

    @Test
    void image_whenBuiltFromTheDistribution_takesMailAndDeliversIt() throws Exception {
        Path context =
                ROOT.resolve("deploy/target/image/postern").toAbsolutePath().normalize();
        run(List.of(ROOT.resolve("deploy/images/postern/context.sh").toString(), context.toString()));
        if (!PosternContainer.possible()) {
            // What can be had without an engine: the image's own runtime starts the distribution.
            run(List.of(context.resolve("postern/bin/postern").toString(), "version", "--all"));
            Assumptions.abort("no Docker engine answers: its runtime starts the distribution, but it was not built");
        }
        int[] ports = Site.freePorts(6);
        Path folder = PosternContainer.newSite();
        Site site = new Site(folder, ports[0], ports[1], ports[2], ports[3], ports[4], ports[5]);
        Tool.Result init = PosternContainer.run(
                context,
                folder,
                LIMIT,
                List.of(
                        "init",
                        folder.toString(),
                        "--domain",
                        "example.org",
                        "--account",
                        Site.ALICE + ":" + Site.PASSWORD,
                        "--loopback"));
        assertThat(init.exitCode()).as(init.output()).isZero();
        try (PosternContainer postern = PosternContainer.serve(
                context, folder, site.mxAddress(), List.of(site.arguments(List.of("all-in-one"))))) {
            try (SmtpSession session = SmtpSession.open(site.mxAddress())) {
                byte[] message = new Ledger().message("image", 600, "Lunch?", "On Tuesday.");
                assertThat(session.send("bob@example.net", List.of(Site.ALICE), message))
                        .startsWith("250 ");
            }
            awaitDelivered(site);
            postern.daemon().stop();
            assertThat(postern.daemon().log()).doesNotContain(" ERROR ");
        }
    }

    private static void awaitDelivered(Site site) throws IOException, InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (site.delivered().isEmpty() && System.nanoTime() < end) {
            Thread.sleep(100);
        }
        assertThat(site.delivered()).hasSize(1);
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Path log = Path.of("target", "image.log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s, see %s", command, log).isZero();
    }
}
