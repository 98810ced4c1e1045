package org.ringfence.cli.run;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.platform.life.LifeLog;
import org.ringfence.platform.life.LifeStage;

/** Writes each operation of a life as one line of JSON. */
public final class EventLog implements LifeLog, AutoCloseable {
    private final JsonGenerator json;
    private long number;

    /** Into {@code file}, which it makes or empties. */
    public EventLog(Path file) throws IOException {
        json = new JsonFactory().createGenerator(file.toFile(), JsonEncoding.UTF8);
        json.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
    }

    @Override
    public void performed(LifeStage stage, String actor, Operation<?> operation, long outcome) {
        try {
            json.writeStartObject();
            json.writeNumberField("n", ++number);
            json.writeStringField("stage", stage.toString());
            json.writeStringField("actor", actor);
            json.writeStringField("operation", Form.text(operation));
            json.writeStringField("result", LifeLog.printed(operation, outcome));
            json.writeEndObject();
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
    }

    @Override
    public void close() throws IOException {
        json.writeRaw('\n');
        json.close();
    }
}
