// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.postern.core.filter.Filter;
import org.postern.core.limits.Deadline;
import org.postern.core.text.PlainText;
import org.postern.deploy.Filters;
import org.postern.deploy.config.PosternConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "version",
        description = "Says which Postern this is; with --all also the Java, every library and every engine.",
        footerHeading = "%nExamples:%n",
        footer = {"  postern version", "  postern version --all --config site/postern.yaml"})
final class VersionCommand implements Callable<Integer> {
    private static final Duration ENGINE_MAX = Duration.ofSeconds(5);

    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Option(names = "--all", description = "Java, libraries, and the engines of the configuration.")
    private boolean all;

    @Override
    public Integer call() throws InterruptedException {
        PrintStream out = System.out;
        out.println("postern "
                + Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                        .orElse("(not packaged)"));
        if (all) {
            out.println("java " + Runtime.version() + ", " + System.getProperty("java.vm.name") + " in "
                    + System.getProperty("java.home"));
            out.println("os " + System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                    + System.getProperty("os.arch"));
            Arrays.stream(System.getProperty("java.class.path", "").split(java.io.File.pathSeparator))
                    .filter(entry -> entry.endsWith(".jar"))
                    .map(Path::of)
                    .map(VersionCommand::library)
                    .sorted()
                    .forEach(out::println);
            engines(out);
        }
        return ExitCodes.OK;
    }

    private static String library(Path jar) {
        String name = jar.getFileName().toString();
        String version = "";
        try (JarFile file = new JarFile(jar.toFile())) {
            Manifest manifest = file.getManifest();
            String written = manifest == null
                    ? null
                    : manifest.getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
            version = written == null || name.contains(written) ? "" : " (" + written + ")";
        } catch (IOException e) {
            version = " (cannot be read: " + e.getMessage() + ")";
        }
        return "library " + name + version;
    }

    private void engines(PrintStream out) throws InterruptedException {
        PosternConfig config = options.read();
        try (Filters filters = Filters.create(
                config, config.farms().values(), options.folder(), config.tempFolder(), new SimpleMeterRegistry())) {
            for (Filter filter : filters.all()) {
                Filter.FilterStatus status = filter.status(Deadline.in(ENGINE_MAX));
                out.println("engine " + filter.name() + ": " + PlainText.of(status.description())
                        + (status.usable() ? "" : " (not usable now)"));
            }
        }
    }
}
