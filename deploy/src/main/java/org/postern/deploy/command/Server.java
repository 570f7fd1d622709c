// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.postern.deploy.Postern;
import org.postern.deploy.Role;
import org.postern.deploy.config.PosternConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs roles until the process is told to stop.
final class Server {
    private static final Duration STOP_MAX = Duration.ofSeconds(28);
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private Server() {}

    /// Prints the line `ready …` to `out` when everything serves. Returns only when it cannot start: SIGTERM and
    /// SIGINT end the process from here, with exit code 0 when everything was closed in time.
    static int run(ConfigOptions options, PrintStream out, Role... roles) throws InterruptedException {
        PosternConfig config = options.read();
        Logging.serve(config.logging());
        Postern postern = Postern.start(config, options.folder(), roles);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(postern), "stop"));
        String names = List.of(roles).stream().map(Server::name).collect(Collectors.joining(","));
        String addresses = postern.addresses().entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .map(entry -> entry.getKey() + "="
                        + entry.getValue().stream().map(Server::written).collect(Collectors.joining(",")))
                .collect(Collectors.joining(" "));
        LOG.info("node {} serves {}: {}", config.nodeName(), names, addresses);
        out.println("ready " + names + " " + addresses);
        out.flush();
        new CountDownLatch(1).await();
        return ExitCodes.OK;
    }

    private static String name(Role role) {
        return switch (role) {
            case Role.Front(String farm) -> "front:" + farm;
            case Role.Store() -> "store";
            case Role.AllInOne() -> "all-in-one";
        };
    }

    private static String written(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /// In the JVM's shutdown: what is still open when the time is over is broken off, which is safe at every instant.
    private static void stop(Postern postern) {
        LOG.info("stopping: what is under way may end, for {} s at most", STOP_MAX.toSeconds());
        Thread closing = Thread.ofPlatform().daemon().name("close").start(postern::close);
        int exit = ExitCodes.FAILURE;
        try {
            if (closing.join(STOP_MAX)) {
                exit = ExitCodes.OK;
                LOG.info("stopped");
            } else {
                LOG.error("not everything was closed within {} s; breaking off", STOP_MAX.toSeconds());
            }
        } catch (InterruptedException e) {
            LOG.error("interrupted while stopping");
        }
        // Not 143: to whoever asked for the stop, it went as asked.
        Runtime.getRuntime().halt(exit);
    }
}
