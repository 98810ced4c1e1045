package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.CaseReader;
import org.ringfence.cli.casefile.CaseSchema;
import org.ringfence.cli.casefile.Catalogue;
import org.ringfence.cli.judge.Interrupt;

/** The schema that editors use, and every case of the catalogue. */
class PublishedSchemaTest {
    private static final Path ROOT = Session.repository();
    private static final Registry REGISTRY = Registry.found();
    private static final Path PUBLISHED = ROOT.resolve("cases/case.schema.json");

    static Stream<Catalogue.Named> cases() throws BadInput {
        return new Catalogue(ROOT, ROOT).all().stream();
    }

    private static Schema published() throws IOException {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(PUBLISHED));
    }

    @Test
    void thePublishedSchemaIsThatOfTheRegistry() throws IOException {
        assertThat(Files.readString(PUBLISHED))
                .as("write it anew: ./ringfence schema >cases/case.schema.json")
                .isEqualTo(CaseSchema.print(REGISTRY));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyCaseIsWhatSchemaAndReaderAccept(Catalogue.Named named) throws IOException, BadInput {
        String text = Files.readString(named.path());
        assertThat(published().validate(text, InputFormat.YAML)).isEmpty();
        assertThat(CaseReader.read(REGISTRY, named.path(), named.file(), named.name()).name())
                .isEqualTo(named.name());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyCaseNamesTheSchemaInItsFirstLine(Catalogue.Named named) throws IOException {
        Path folder = named.path().resolveSibling("");
        String relative = folder.relativize(PUBLISHED).toString().replace('\\', '/');
        assertThat(Files.readString(named.path())).startsWith("# yaml-language-server: $schema=" + relative + "\n");
    }

    @Test
    void theExamplesOfTheDocumentationAreWhatSchemaAndReaderAccept(@TempDir Path folder) throws IOException, BadInput {
        String text = Files.readString(ROOT.resolve("docs/cases.md"));
        Matcher example = Pattern.compile("(?s)```yaml\n(# yaml-language-server.*?)```").matcher(text);
        assertThat(example.find()).isTrue();
        do {
            assertThat(published().validate(example.group(1), InputFormat.YAML)).isEmpty();
            Path file = Files.writeString(folder.resolve("example.yaml"), example.group(1));
            assertThat(new Session(folder, Registry::found, Map.of(), false, new Interrupt())
                    .run("check", file.toString()).exit())
                    .isZero();
        } while (example.find());
    }
}
