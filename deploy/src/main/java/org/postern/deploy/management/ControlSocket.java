// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.management;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets the `postern` command ask a running server to do something: a UNIX socket in a folder that only its owner may
/// enter. Who may open the file may do everything.
///
/// One connection carries one request, [ControlLine], and its answer. An accept thread; a virtual thread a connection.
public final class ControlSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);
    private static final int CONNECTIONS_MAX = 16;
    private static final int NAMES_MAX = 9;
    private static final Duration REQUEST_MAX = Duration.ofSeconds(10);
    /// A signature reload waits for clamd to read millions of signatures, one backend after the other.
    static final Duration OPERATION_MAX = Duration.ofHours(1);

    private static final Duration ACCEPT_PAUSE = Duration.ofSeconds(1);

    private final ServerSocketChannel server;
    private final Door door;
    private final Runnable pause;
    private final Path path;
    private final Map<String, Operation> operations;
    private final Semaphore places = new Semaphore(CONNECTIONS_MAX);
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    /// Where connections come in.
    interface Door {
        SocketChannel accept() throws IOException;
    }

    private ControlSocket(
            ServerSocketChannel server,
            UnaryOperator<Door> doorway,
            Runnable pause,
            Path path,
            List<Operation> operations) {
        this.server = server;
        this.door = doorway.apply(server::accept);
        this.pause = pause;
        this.path = path;
        this.operations = operations.stream().collect(Collectors.toMap(Operation::name, Function.identity()));
    }

    /// Listens at `folder/name.sock`, or at `name-2.sock` and so on where another server listens there already.
    ///
    /// @param name what runs here, for example `mx`
    /// @throws IOException where the folder cannot be made or the address cannot be bound
    public static ControlSocket start(Path folder, String name, List<Operation> operations) throws IOException {
        return start(folder, name, operations, UnaryOperator.identity(), ControlSocket::pause);
    }

    /// As above.
    ///
    /// @param doorway changes how connections are accepted
    /// @param pause waits after one could not be
    static ControlSocket start(
            Path folder, String name, List<Operation> operations, UnaryOperator<Door> doorway, Runnable pause)
            throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
        for (int number = 1; number <= NAMES_MAX; number++) {
            Path path = folder.resolve(name + (number == 1 ? "" : "-" + number) + ControlClient.SUFFIX);
            if (!ControlClient.answers(path)) {
                // Left by a server that was killed.
                Files.deleteIfExists(path);
                ControlSocket socket = new ControlSocket(bind(path), doorway, pause, path, operations);
                Thread.ofPlatform().daemon().name("control").start(socket::accept);
                return socket;
            }
        }
        throw new IOException(NAMES_MAX + " servers named " + name + " run with the folder " + folder);
    }

    private static ServerSocketChannel bind(Path path) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(path), CONNECTIONS_MAX);
            // The folder guards it; where an administrator opens the folder to a group, the group may.
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    public Path path() {
        return path;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel channel = door.accept();
                if (places.tryAcquire()) {
                    open.add(channel);
                    Thread.ofVirtual().name("control-request").start(() -> serve(channel));
                } else {
                    LOG.warn("control: all {} connections are taken", CONNECTIONS_MAX);
                    channel.close();
                }
            } catch (IOException e) {
                if (server.isOpen()) {
                    LOG.error("control: a connection cannot be accepted", e);
                    pause.run();
                }
            }
        }
    }

    /// Where descriptors have run out, the next try fails as well: not as fast as the processor can, and log it.
    private static void pause() {
        try {
            Thread.sleep(ACCEPT_PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel channel) {
        Thread limit = limit(channel, REQUEST_MAX);
        try (channel) {
            ControlLine.Request request = ControlLine.readRequest(Channels.newInputStream(channel));
            limit.interrupt();
            limit = limit(channel, OPERATION_MAX);
            run(request, new ControlAnswer(Channels.newOutputStream(channel)));
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("control: the command went away", e);
        } finally {
            limit.interrupt();
            open.remove(channel);
            places.release();
        }
    }

    private void run(ControlLine.Request request, ControlAnswer answer) {
        Operation operation = operations.get(request.operation());
        if (operation == null) {
            answer.unknown();
            return;
        }
        LOG.info("control: {} {}", request.operation(), request.arguments());
        try {
            operation.handler().run(request.arguments(), answer);
            answer.done();
        } catch (UncheckedIOException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            answer.failed(String.valueOf(e.getMessage()));
        } catch (Exception e) {
            LOG.error("control: {} failed", request.operation(), e);
            answer.failed(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    /// Closes the channel after this time, unless it is interrupted before.
    static Thread limit(SocketChannel channel, Duration time) {
        return Thread.ofVirtual().name("control-limit").start(() -> {
            try {
                Thread.sleep(time);
                channel.close();
            } catch (InterruptedException e) {
                // In time.
            } catch (IOException e) {
                LOG.debug("a control connection cannot be closed", e);
            }
        });
    }

    @Override
    public void close() {
        closeQuietly(server);
        open.forEach(ControlSocket::closeQuietly);
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("{} cannot be removed: {}", path, e.toString());
        }
    }

    private static void closeQuietly(AutoCloseable what) {
        try {
            what.close();
        } catch (Exception e) {
            LOG.debug("a control socket cannot be closed", e);
        }
    }
}
