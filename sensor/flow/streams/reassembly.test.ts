import { streamProperties } from '../../../test/support/streamProperties.ts';

streamProperties(1000);
