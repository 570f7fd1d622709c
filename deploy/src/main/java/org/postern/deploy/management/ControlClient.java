// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.management;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.postern.core.json.Json;

/// Asks running servers through their [ControlSocket].
public final class ControlClient {
    static final String SUFFIX = ".sock";

    private final Path path;

    private ControlClient(Path path) {
        this.path = path;
    }

    /// How one server answered.
    public sealed interface Outcome {
        record Done() implements Outcome {}

        /// The server does not do such a thing: a front has no queue.
        record NotHere() implements Outcome {}

        record Failed(String why) implements Outcome {}
    }

    /// The servers whose sockets lie in a folder and that answer, by name.
    ///
    /// @throws IOException where the folder cannot be read
    public static List<ControlClient> servers(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .filter(ControlClient::answers)
                    .map(ControlClient::new)
                    .toList();
        }
    }

    static boolean answers(Path path) {
        try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// What runs there, for example `store`.
    public String name() {
        String file = path.getFileName().toString();
        return file.substring(0, file.length() - SUFFIX.length());
    }

    /// Has an operation done and passes on what the server says meanwhile. Waits as long as an operation may take.
    public Outcome ask(String operation, Map<String, String> arguments, Operation.Answer answer) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            Thread limit = ControlSocket.limit(channel, ControlSocket.OPERATION_MAX.plusMinutes(1));
            try {
                return ask(channel, ControlLine.write(Map.of("operation", operation, "arguments", arguments)), answer);
            } finally {
                limit.interrupt();
            }
        } catch (IOException | IllegalArgumentException e) {
            return new Outcome.Failed(path + ": " + (e.getMessage() == null ? e.toString() : e.getMessage()));
        }
    }

    private static Outcome ask(SocketChannel channel, byte[] request, Operation.Answer answer) throws IOException {
        Channels.newOutputStream(channel).write(request);
        try (InputStream in = new BufferedInputStream(Channels.newInputStream(channel))) {
            for (String line = ControlLine.read(in); !line.isEmpty(); line = ControlLine.read(in)) {
                Map<?, ?> object = Json.readObject(line);
                if (object.get("row") instanceof Map<?, ?> row) {
                    Map<String, Object> columns = new LinkedHashMap<>();
                    row.forEach((name, value) -> columns.put(String.valueOf(name), value));
                    answer.row(columns);
                } else if (object.containsKey("say")) {
                    answer.say(String.valueOf(object.get("say")));
                } else if (object.containsKey("done")) {
                    return new Outcome.Done();
                } else if (object.containsKey("unknown")) {
                    return new Outcome.NotHere();
                } else {
                    return new Outcome.Failed(String.valueOf(object.get("failed")));
                }
            }
            return new Outcome.Failed("the connection ended before the answer did; the server's log may say why");
        }
    }
}
