// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;

/// The Docker engine of this machine, if one answers, and the images made from `deploy/images`.
///
/// Thread-safe: one lock, held while an image is built, so that parallel tests build it once.
final class Engine {
    private static final long BUILD_LIMIT_MINUTES = 10;
    private static final Map<String, Optional<String>> REASON_NOT_BUILT = new HashMap<>();
    private static final Map<String, String> TAGS = new HashMap<>();
    private static Optional<Boolean> answers = Optional.empty();

    static {
        // The client logs every byte it sends at DEBUG, which is the level of a test without a logging configuration.
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            for (String chatty : List.of("com.github.dockerjava", "org.testcontainers", "tc")) {
                Logger logger = context.getLogger(chatty);
                if (logger.getLevel() == null) {
                    logger.setLevel(Level.WARN);
                }
            }
        }
    }

    private Engine() {}

    static synchronized boolean answers() {
        if (answers.isEmpty()) {
            answers =
                    Optional.of(isConfigured() && DockerClientFactory.instance().isDockerAvailable());
        }
        return answers.orElseThrow();
    }

    /// Whether it is worth asking: spares a machine without Docker the search and its log lines.
    private static boolean isConfigured() {
        Path home = Path.of(System.getProperty("user.home", "/"));
        return System.getenv("DOCKER_HOST") != null
                || Files.exists(home.resolve(".testcontainers.properties"))
                || Stream.of(
                                Path.of("/var/run/docker.sock"),
                                home.resolve(".docker/run/docker.sock"),
                                Path.of(System.getenv().getOrDefault("XDG_RUNTIME_DIR", "/run"), "docker.sock"))
                        .anyMatch(Files::exists);
    }

    static DockerClient client() {
        return DockerClientFactory.instance().client();
    }

    /// The tag of the image of `deploy/images/NAME`, built now unless the engine has it; empty where it cannot be
    /// built.
    static synchronized Optional<String> image(String name) {
        String tag = TAGS.computeIfAbsent(name, Engine::tag);
        REASON_NOT_BUILT.computeIfAbsent(name, key -> build(key, tag));
        return REASON_NOT_BUILT.get(name).isEmpty() ? Optional.of(tag) : Optional.empty();
    }

    /// Why [#image] was empty.
    static synchronized String reason(String name) {
        return REASON_NOT_BUILT.getOrDefault(name, Optional.empty()).orElse("it was not tried");
    }

    /// Below `deploy/images`, or anywhere where the name is an absolute path.
    private static Path folder(String name) {
        return Folders.projectRoot().resolve("deploy/images").resolve(name);
    }

    private static Optional<String> build(String name, String tag) {
        if (exists(tag)) {
            return Optional.empty();
        }
        System.out.println("postern testkit: building image " + tag + " from deploy/images/" + name);
        try (var build = client().buildImageCmd(folder(name).toFile())) {
            build.withTags(Set.of(tag));
            // The packages come over the machine's own network: no bridge is needed.
            build.withNetworkMode("host");
            for (String proxy : List.of("http_proxy", "https_proxy", "no_proxy")) {
                String value = System.getenv(proxy);
                if (value != null) {
                    build.withBuildArg(proxy, value);
                }
            }
            build.exec(new BuildImageResultCallback()).awaitImageId(BUILD_LIMIT_MINUTES, TimeUnit.MINUTES);
            return Optional.empty();
        } catch (RuntimeException e) {
            String reason = "image " + tag + " was not built: " + e.getMessage();
            System.out.println("postern testkit: " + reason);
            return Optional.of(reason);
        }
    }

    private static boolean exists(String tag) {
        try (var inspect = client().inspectImageCmd(tag)) {
            inspect.exec();
            return true;
        } catch (NotFoundException e) {
            return false;
        }
    }

    /// A tag that changes with every byte of the image's folder, so a stale image is never used.
    private static String tag(String name) {
        try (Stream<Path> walk = Files.walk(folder(name))) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : walk.filter(Files::isRegularFile).sorted().toList()) {
                digest.update(folder(name).relativize(file).toString().getBytes(StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(file));
            }
            String hash = HexFormat.of().formatHex(digest.digest(), 0, 6);
            String last = String.valueOf(Path.of(name).getFileName());
            return "postern-testkit/" + last.toLowerCase(Locale.ROOT) + ":" + hash;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
