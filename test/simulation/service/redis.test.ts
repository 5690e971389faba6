import { backends } from '#test/support/backends.ts';
import { simulateService } from './simulate-service.ts';

simulateService(backends[1]);
