package dev.phosphene.cli;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.session.Device;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What computes. */
final class DeviceOption {
  @Option(
      names = "--device",
      paramLabel = "NAME",
      converter = Converter.class,
      description = "What computes: cpu (where it is not given), or cuda or cuda:1 for a GPU.")
  private Device device = Device.CPU;

  /** From a name to the device. */
  static final class Converter implements ITypeConverter<Device> {
    @Override
    public Device convert(String name) {
      try {
        return Device.named(name);
      } catch (PhospheneException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  Device device() {
    return device;
  }
}
