// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.postern.core.limits.Deadline;
import org.postern.deploy.Postern;
import org.postern.deploy.Role;
import org.postern.deploy.config.PosternConfig;
import org.postern.smtpfront.DrainReport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs roles until the process is told to stop.
final class Server {
    /// What the help of every command says that runs one.
    static final String READY =
            "Prints one line \"ready ...\" to standard output when it serves; everything else goes to standard error.";

    static final String STOP = "SIGTERM and SIGINT stop it cleanly within 30 seconds. Exit codes: see postern --help.";

    private static final Duration STOP_MAX = Duration.ofSeconds(28);

    /// The rest is for closing what is not a session.
    private static final Duration DRAIN_MAX = Duration.ofSeconds(20);
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private Server() {}

    /// Prints the line `ready …` to `out` when everything serves. Returns only when it cannot start: SIGTERM and
    /// SIGINT end the process from here, with exit code 0 when everything was closed in time.
    static int run(ConfigOptions options, PrintStream out, Role... roles) throws InterruptedException {
        PosternConfig config = options.read();
        Logging.serve(config.logging());
        CompletableFuture<Optional<Postern>> starting = new CompletableFuture<>();
        AtomicBoolean told = new AtomicBoolean();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            told.set(true);
                            stop(starting, out);
                        },
                        "stop"));
        Postern postern;
        try {
            postern = Postern.start(config, options.folder(), options::read, roles);
            starting.complete(Optional.of(postern));
        } finally {
            // Where it could not start there is nothing to stop, and the exit code says why.
            starting.complete(Optional.empty());
        }
        String names = List.of(roles).stream().map(Server::name).collect(Collectors.joining(","));
        String addresses = postern.addresses().entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .map(entry -> entry.getKey() + "="
                        + entry.getValue().stream().map(Server::written).collect(Collectors.joining(",")))
                .collect(Collectors.joining(" "));
        LOG.info("node {} serves {}: {}", config.nodeName(), names, addresses);
        if (!told.get()) {
            out.println("ready " + names + " " + addresses);
            out.flush();
        }
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

    /// In the JVM's shutdown, which waits for this. Told to stop before it serves, it stops when it does: whatever was
    /// opened by then is closed in order.
    private static void stop(CompletableFuture<Optional<Postern>> starting, PrintStream out) {
        if (starting.isDone() && starting.join().isEmpty()) {
            // It could not start, and has said why.
            return;
        }
        LOG.info("stopping: what is under way may end, for {} s at most", STOP_MAX.toSeconds());
        Deadline deadline = Deadline.in(STOP_MAX);
        int exit = ExitCodes.FAILURE;
        try {
            Optional<Postern> postern = starting.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            if (postern.isEmpty()) {
                return;
            }
            Thread closing = Thread.ofPlatform().daemon().name("close").start(() -> close(postern.get(), out));
            if (closing.join(deadline.remaining())) {
                exit = ExitCodes.OK;
                LOG.info("stopped");
            } else {
                LOG.error("not everything was closed within {} s; breaking off", STOP_MAX.toSeconds());
            }
        } catch (TimeoutException e) {
            LOG.error("still starting after {} s; breaking off", STOP_MAX.toSeconds());
        } catch (ExecutionException | InterruptedException e) {
            LOG.error("interrupted while stopping", e);
        }
        // Not 143: to whoever asked for the stop, it went as asked. What is still open is broken off, which is safe at
        // every instant.
        Runtime.getRuntime().halt(exit);
    }

    private static void close(Postern postern, PrintStream out) {
        for (DrainReport report : postern.drain(DRAIN_MAX)) {
            out.println("stopped " + report);
        }
        out.flush();
        postern.close();
    }
}
