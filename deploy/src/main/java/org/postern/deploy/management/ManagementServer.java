// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.management;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.postern.core.config.HostAndPort;
import org.postern.deploy.ResourceException;

/// Answers `/health/live`, `/health/ready` and `/metrics`.
public final class ManagementServer implements AutoCloseable {
    private static final int BACKLOG = 16;
    private static final int THREADS = 4;
    private static final int WAITING_MAX = 32;

    static {
        // The JDK's server reads these once, when it is loaded. Seconds.
        defaultProperty("sun.net.httpserver.maxReqTime", "10");
        defaultProperty("sun.net.httpserver.maxRspTime", "30");
        defaultProperty("sun.net.httpserver.idleInterval", "30");
        defaultProperty("sun.net.httpserver.maxReqHeaders", "50");
        defaultProperty("jdk.httpserver.maxConnections", "64");
    }

    private final HttpServer server;
    private final ThreadPoolExecutor executor;
    private final List<Check> checks;

    private ManagementServer(HttpServer server, ThreadPoolExecutor executor, List<Check> checks) {
        this.server = server;
        this.executor = executor;
        this.checks = List.copyOf(checks);
    }

    /// @param metrics the meters in Prometheus' text format
    /// @throws ResourceException when the address cannot be listened on
    public static ManagementServer start(HostAndPort listen, Supplier<String> metrics, List<Check> checks) {
        try {
            HttpServer server = HttpServer.create(listen.resolve(), BACKLOG);
            ThreadPoolExecutor executor = new ThreadPoolExecutor(
                    THREADS,
                    THREADS,
                    30,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(WAITING_MAX),
                    Thread.ofPlatform().daemon().name("management-", 0).factory());
            executor.allowCoreThreadTimeOut(true);
            ManagementServer management = new ManagementServer(server, executor, checks);
            server.setExecutor(executor);
            server.createContext("/health/live", exchange -> answer(exchange, "/health/live", 200, "live\n"));
            server.createContext("/health/ready", management::ready);
            server.createContext("/metrics", exchange -> answer(exchange, "/metrics", 200, metrics.get()));
            server.createContext("/", exchange -> answer(exchange, "", 404, ""));
            server.start();
            return management;
        } catch (IOException e) {
            throw new ResourceException(
                    "management cannot listen on " + listen + " (" + e.getMessage()
                            + "): stop what uses the port, or set another one, management.listen",
                    e);
        }
    }

    private static void defaultProperty(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }

    private void ready(HttpExchange exchange) throws IOException {
        boolean ready = true;
        StringBuilder text = new StringBuilder(100);
        for (Check check : checks) {
            Check.Condition now = check.now();
            ready &= now.ready();
            text.append(check.name()).append(": ").append(now).append('\n');
        }
        answer(exchange, "/health/ready", ready ? 200 : 503, (ready ? "ready\n" : "not ready\n") + text);
    }

    private static void answer(HttpExchange exchange, String path, int status, String text) throws IOException {
        try (exchange) {
            if (!exchange.getRequestURI().getPath().equals(path)) {
                send(exchange, 404, "there are /health/live, /health/ready and /metrics\n");
            } else if (!exchange.getRequestMethod().equals("GET")) {
                exchange.getResponseHeaders().set("Allow", "GET");
                send(exchange, 405, "only GET\n");
            } else {
                send(exchange, status, text);
            }
        }
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    /// Where it listens.
    public InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
